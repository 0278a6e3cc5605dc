// The simulator: a call to the agent from the browser.

import { useEffect, useLayoutEffect } from 'preact/hooks';
import { ProblemBox } from '../../components/problem_box';
import { lookUp, words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { Controls } from './controls';
import { LiveTranscript } from './live_transcript';
import { Measures } from './measures';
import { someOf } from './phrases';
import {
  agentPeak,
  agentState,
  callOrHangUp,
  callerPeak,
  chooseSource,
  endCause,
  endedCallId,
  phase,
  playback,
  problems,
  ready,
  stopPreview,
} from './simulator';
import { Traces } from './traces';

const PHRASES_AT_ONCE = 8;

export function Probar() {
  const t = words.value.probar;
  useSpaceBar();
  useEffect(() => stopPreview, []);
  return (
    <section
      class="probar"
      aria-labelledby="probar-title"
      // Read by the browser test, and by whoever looks for the reason of a silence.
      data-testid="simulator"
      data-phase={phase.value}
      data-agent-state={agentState.value ?? ''}
      data-client-id={ready.value?.client_id ?? ''}
      data-agent-peak-rms={agentPeak.value.toFixed(4)}
      data-agent-voiced-ms={Math.round(playback.value?.voicedMs ?? 0)}
      data-agent-played-ms={Math.round(playback.value?.playedMs ?? 0)}
      data-caller-peak-rms={callerPeak.value.toFixed(4)}
    >
      <div class="page-head">
        <h1 id="probar-title">{t.title}</h1>
        <p class="page-intro">{t.intro}</p>
      </div>
      <div class="panel console">
        <Controls />
        <Traces />
      </div>
      <Problems />
      <Ended />
      <Phrases />
      <div class="split">
        <LiveTranscript />
        <Measures />
      </div>
    </section>
  );
}

function Problems() {
  return (
    <>
      {problems.value.map((problem, index) => (
        <ProblemBox key={index} code={problem.code} detail={problem.detail}>
          {problem.code.startsWith('microphone-') && problem.code !== 'microphone-lost' && (
            <button type="button" onClick={() => chooseSource('file')}>
              {words.value.useFile}
            </button>
          )}
        </ProblemBox>
      ))}
    </>
  );
}

function Ended() {
  const t = words.value;
  if (phase.value !== 'ended') return null;
  const cause = endCause.value;
  const advice = cause !== null && Object.hasOwn(t.causeAdvice, cause) ? lookUp(t.causeAdvice, cause) : null;
  return (
    <div class="ended" role="status" data-testid="ended" data-cause={cause ?? ''}>
      <p>
        <strong>{t.probar.ended}.</strong> {cause && `${lookUp(t.causes, cause)}.`} {advice ?? t.probar.again}
      </p>
      {endedCallId.value ? (
        <a class="button" href={hrefOf({ page: 'call', id: endedCallId.value })}>
          {t.probar.seeCall}
        </a>
      ) : (
        <a class="button" href={hrefOf({ page: 'historial' })}>
          {t.probar.seeHistory}
        </a>
      )}
    </div>
  );
}

function Phrases() {
  const t = words.value.probar;
  const phrases = ready.value?.phrases ?? [];
  if (phrases.length === 0) return null;
  return (
    <section class="phrases" aria-labelledby="phrases-title">
      <h2 id="phrases-title">{t.phrases}</h2>
      <p class="note">{t.phrasesHint}</p>
      <Chips phrases={someOf(phrases, PHRASES_AT_ONCE)} />
      {phrases.length > PHRASES_AT_ONCE && (
        <details>
          <summary>{t.allPhrases(phrases.length)}</summary>
          <Chips phrases={phrases} />
        </details>
      )}
    </section>
  );
}

function Chips({ phrases }: { phrases: readonly string[] }) {
  return (
    <ul class="chips">
      {phrases.map((phrase) => (
        <li key={phrase} class="chip">
          {phrase}
        </li>
      ))}
    </ul>
  );
}

/** Space calls and hangs up, unless it already means something where the focus is. */
function useSpaceBar() {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== ' ' || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target;
      if (target instanceof HTMLElement && target.closest('a, button, input, select, textarea, label, summary')) return;
      event.preventDefault(); // no scrolling
      callOrHangUp();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
