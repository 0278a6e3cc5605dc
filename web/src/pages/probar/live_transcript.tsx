// What is being said, as it is said.

import { useEffect, useRef } from 'preact/hooks';
import { Bubble } from '../../components/bubble';
import { responseTime } from '../../components/response_bar';
import { duration } from '../../format';
import { words } from '../../i18n/i18n';
import { lineOfTimings } from './conversation';
import { busy, lines, phase, timings } from './simulator';

/** Nearer than this to the end, the reader follows the conversation; further up, it is left in peace. */
const kFollowPx = 80;

export function LiveTranscript() {
  const t = words.value;
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const said = lines.value;

  useEffect(() => {
    const element = box.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, [said, timings.value]);

  const answers = new Map<string, string>();
  for (const [turn, values] of timings.value) {
    const key = lineOfTimings(said, turn);
    const time = responseTime(values);
    if (key && time) answers.set(key, time);
  }

  return (
    <section class="panel conversation" aria-labelledby="conversation-title">
      <h2 id="conversation-title">{t.probar.conversation}</h2>
      <div
        class="conversation-box"
        ref={box}
        tabIndex={0}
        role="log"
        aria-live="polite"
        aria-labelledby="conversation-title"
        onScroll={(event) => {
          const e = event.currentTarget;
          following.current = e.scrollHeight - e.scrollTop - e.clientHeight < kFollowPx;
        }}
      >
        {said.length === 0 && (
          <div class="conversation-empty">
            {phase.value === 'talking' ? (
              <p>{t.probar.waiting}</p>
            ) : (
              !busy.value && (
                <>
                  <p>{t.probar.empty}</p>
                  <p>{t.probar.emptyHow}</p>
                </>
              )
            )}
            {phase.value === 'preparing' && <p>{t.probar.allowHint}</p>}
          </div>
        )}
        <ol class="bubbles">
          {said.map((line) => (
            <Bubble
              key={line.key}
              role={line.role}
              who={line.role === 'user' ? t.common.you : t.common.agent}
              text={line.text}
              cut={line.cut}
              interrupted={line.interrupted}
              when={duration(line.atMs)}
            >
              {answers.has(line.key) && (
                <p class="bubble-foot">
                  <span class="bubble-response">{t.probar.responseIn(answers.get(line.key)!)}</span>
                </p>
              )}
            </Bubble>
          ))}
        </ol>
      </div>
    </section>
  );
}
