// The simulator: a call to the agent from the browser.

import { useEffect, useLayoutEffect } from 'preact/hooks';
import { ProblemBox } from '../../components/problem_box';
import { lookUp, words } from '../../i18n/i18n';
import { hrefOf, query } from '../../router';
import { Controls } from './controls';
import { LiveTranscript } from './live_transcript';
import { Measures } from './measures';
import { someOf } from './phrases';
import { CallSettings } from './call_settings';
import { Findings } from './findings';
import { prepareReplay } from './replay';
import { draft, SayBox } from './say_box';
import { callOrHangUp, chooseSource, stopPreview, write } from './simulator';
import {
  agentPeak,
  agentState,
  busy,
  callerPeak,
  endCause,
  endedCallId,
  file,
  phase,
  playback,
  problems,
  ready,
  source,
} from './state';
import { Traces } from './traces';

const PHRASES_AT_ONCE = 8;

export function Probar() {
  const t = words.value.probar;
  useSpaceBar();
  useEffect(() => stopPreview, []);
  useReplay();
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
        <CallSettings />
        <Traces />
      </div>
      <Problems />
      <Ended />
      <Replay />
      <div class="split">
        <div class="talk">
          <LiveTranscript />
          <SayBox />
          <Phrases />
        </div>
        <aside class="aside">
          <Measures />
          <Findings />
        </aside>
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
        <li key={phrase}>
          <button type="button" class="chip" onClick={() => sayPhrase(phrase)}>
            {phrase}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** In a call it is said at once; before one it waits in the box. */
function sayPhrase(phrase: string): void {
  if (phase.value === 'talking') {
    write(phrase);
    return;
  }
  draft.value = phrase;
  document.getElementById('say-text')?.focus();
}

/** `#/probar?call=ID`: the caller of that call speaks. */
function useReplay() {
  const id = query.value.get('call') ?? '';
  useEffect(() => {
    if (id !== '' && !busy.value) void prepareReplay(id, (call) => words.value.probar.replayName(call));
  }, [id]);
}

function Replay() {
  const t = words.value.probar;
  const id = query.value.get('call');
  if (!id || source.value !== 'file' || file.value?.name !== t.replayName(id)) return null;
  return (
    <div class="ended" role="status" data-testid="replay">
      <p>
        <strong>{t.replaying}.</strong> {t.replayReady(file.value.name)}
      </p>
      <a class="button" href={hrefOf({ page: 'call', id })}>
        {t.seeCall}
      </a>
    </div>
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
