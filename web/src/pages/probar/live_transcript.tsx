// What is being said, as it is said.

import { useEffect, useRef } from 'preact/hooks';
import { Bubble } from '../../components/bubble';
import { responseTime } from '../../components/response_bar';
import { duration, milliseconds } from '../../format';
import { locale, lookUp, words } from '../../i18n/i18n';
import { asShown, lineOfTimings, type Line } from './conversation';
import { toolCalls, type ToolCall } from './diagnosis';
import { busy, events, lines, phase, timings } from './state';

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

  // Tools stand between the words where they were used.
  const shown = [
    ...asShown(said).map((line) => ({ at: line.atMs, line })),
    ...toolCalls(events.value).map((tool) => ({ at: tool.atMs, tool })),
  ].sort((a, b) => a.at - b.at);

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
          {shown.map((item) =>
            'line' in item ? (
              <Said key={item.line.key} line={item.line} answer={answers.get(item.line.key)} />
            ) : (
              <Tool key={`tool-${item.at}-${item.tool.name}`} tool={item.tool} />
            ),
          )}
        </ol>
      </div>
    </section>
  );
}

function Said({ line, answer }: { line: Line; answer: string | undefined }) {
  const t = words.value;
  return (
    <Bubble
      role={line.role}
      who={line.role === 'user' ? t.common.you : t.common.agent}
      text={line.text}
      cut={line.cut}
      interrupted={line.interrupted}
      when={duration(line.atMs)}
    >
      {answer && (
        <p class="bubble-foot">
          <span class="bubble-response">{t.probar.responseIn(answer)}</span>
        </p>
      )}
    </Bubble>
  );
}

function Tool({ tool }: { tool: ToolCall }) {
  const t = words.value.probar;
  return (
    <li class="tool" data-tool={tool.name} data-outcome={tool.outcome}>
      <details>
        <summary>
          {t.toolUsed} <code>{tool.name}</code>{' '}
          <span class={`tag ${tool.outcome === 'ok' ? 'tag-ok' : 'tag-bad'}`}>{lookUp(t.toolOutcomes, tool.outcome)}</span>{' '}
          {milliseconds(tool.durationMs, locale.value)}
        </summary>
        <pre>{tool.detail}</pre>
      </details>
    </li>
  );
}
