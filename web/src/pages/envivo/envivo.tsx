// The calls in progress: a row each, changing as they go on.

import { useEffect, useState } from 'preact/hooks';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { duration, seconds } from '../../format';
import { locale, lookUp, words } from '../../i18n/i18n';
import type { LiveCall } from '../../../generated/api';
import { go, hrefOf } from '../../router';
import { partyOf } from '../historial/party';
import { connected, liveCalls, liveProblem, watchLiveCalls } from './live';
import { LiveCallPage } from './live_call';
import { newestFirst } from './live_list';

export function EnVivo({ id }: { id: string }) {
  useEffect(watchLiveCalls, []);
  return id === '' ? <LiveCalls /> : <LiveCallPage key={id} id={id} />;
}

function LiveCalls() {
  const t = words.value.envivo;
  const list = liveCalls.value;
  const problem = liveProblem.value;
  const calls = list ? newestFirst(list) : [];
  return (
    <section aria-labelledby="envivo-title" class="envivo" data-testid="live">
      <div class="page-head">
        <h1 id="envivo-title">{t.title}</h1>
        {calls.length > 0 && (
          <p class="page-intro" role="status">
            {t.count(calls.length)}
          </p>
        )}
      </div>
      <Connection />
      {problem && !list && <ProblemBox {...problem} title={t.failed} />}
      {!list && !problem && <Skeleton rows={4} slow={t.slow} />}
      {list && calls.length === 0 && (
        <div class="empty">
          <p class="empty-title">{t.empty}</p>
          <p>{t.emptyHow}</p>
          <p>
            <a class="button primary" href={hrefOf({ page: 'probar' })}>
              {t.emptyAction}
            </a>
          </p>
        </div>
      )}
      {calls.length > 0 && (
        <ul class="live-rows">
          {calls.map((call) => (
            <LiveRow key={call.session_id} call={call} />
          ))}
        </ul>
      )}
    </section>
  );
}

export function Connection() {
  if (connected.value) return null;
  return (
    <p class="live-lost" role="status">
      {words.value.envivo.reconnecting}
    </p>
  );
}

function LiveRow({ call }: { call: LiveCall }) {
  const t = words.value;
  const party = partyOf(call, t);
  const to = { page: 'envivo', id: call.session_id } as const;
  return (
    <li
      class="live-row panel"
      data-session-id={call.session_id}
      data-state={call.state}
      onClick={(event) => {
        const own = event.target instanceof Element && event.target.closest('a') !== null;
        if (!own && !call.elsewhere && String(getSelection()) === '') go(to);
      }}
    >
      <div class="live-who">
        {call.elsewhere ? (
          <strong>{party}</strong>
        ) : (
          <a href={hrefOf(to)} aria-label={t.envivo.open(party)}>
            {party}
          </a>
        )}
        <span class="cell-note">{call.agent}</span>
      </div>
      <StateTag call={call} />
      {call.elsewhere ? (
        <p class="live-words note">{t.envivo.elsewhere}</p>
      ) : (
        <div class="live-words">
          <p class="live-caller">{call.last_user || t.common.none}</p>
          <p class="live-agent">{call.last_agent || t.common.none}</p>
        </div>
      )}
      <dl class="live-figures">
        <div>
          <dt>{t.envivo.response}</dt>
          <dd>{call.response_ms === null ? t.common.none : seconds(call.response_ms, locale.value)}</dd>
        </div>
        <div>
          <dt>{t.envivo.lasted}</dt>
          <dd>
            <Elapsed since={call.start_time} />
          </dd>
        </div>
      </dl>
    </li>
  );
}

export function StateTag({ call }: { call: LiveCall }) {
  const tone = { speaking: 'tag-agent', listening: 'tag-caller', interrupted: 'tag-warn', ending: '', processing: 'tag-live' }[
    call.state
  ];
  return <span class={`tag live-state ${tone ?? ''}`}>{lookUp(words.value.envivo.states, call.state)}</span>;
}

/** m:ss since a moment, as it goes on. */
export function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <time>{duration(now - Date.parse(since))}</time>;
}
