// One call in progress: read along, listen in, step in.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveCall, LiveTurn } from '../../../generated/api';
import { ApiError } from '../../api';
import { Bubble } from '../../components/bubble';
import { BackIcon } from '../../components/icons';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { duration, seconds } from '../../format';
import { findCallOf } from '../../history_api';
import { locale, words } from '../../i18n/i18n';
import { getLiveCall } from '../../live_api';
import { hrefOf } from '../../router';
import { partyOf } from '../historial/party';
import { cutOf } from '../historial/turn_timings';
import { problemOf, type Problem } from '../problem_of';
import { Connection, Elapsed, StateTag } from './envivo';
import { onLiveEvent } from './live';
import { withTurn } from './live_list';
import { Steering } from './steering';

export function LiveCallPage({ id }: { id: string }) {
  const t = words.value;
  const [call, setCall] = useState<LiveCall | null>(null);
  const [turns, setTurns] = useState<readonly LiveTurn[]>([]);
  const [gone, setGone] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    let stopped = false;
    const read = async () => {
      try {
        const answer = await getLiveCall(id);
        if (stopped) return;
        setCall(answer.call);
        setTurns(answer.transcripts);
        setProblem(null);
      } catch (error) {
        if (stopped) return;
        if (error instanceof ApiError && error.status === 404) setGone(true);
        else setProblem(problemOf(error));
      }
    };
    const end = onLiveEvent((event) => {
      if (event.name === 'reset') return void read(); // something may have been missed
      if (event.call.session_id !== id) return;
      setCall(event.call);
      if (event.name === 'turn') setTurns((before) => withTurn(before, event.said));
      if (event.name === 'ended') setGone(true);
    });
    void read();
    return () => {
      stopped = true;
      end();
    };
  }, [id]);

  return (
    <section class="live-call" data-testid="live-call" data-state={call?.state ?? ''}>
      <p class="crumbs">
        <a href={hrefOf({ page: 'envivo', id: '' })}>
          <BackIcon />
          {t.envivo.back}
        </a>
      </p>
      <Connection />
      {problem && <ProblemBox {...problem} title={t.envivo.failed} />}
      {!call && !gone && !problem && <Skeleton rows={5} slow={t.envivo.slow} />}
      {gone && (
        <div class="ended" role="status" data-testid="live-over">
          <p>
            <strong>{call ? t.envivo.over : t.envivo.gone}.</strong> {t.envivo.goneHow}
          </p>
          <Kept sessionId={id} />
        </div>
      )}
      {call && (
        <>
          <div class="page-head">
            <h1>{partyOf(call, t)}</h1>
            <StateTag call={call} />
            <dl class="live-figures">
              <div>
                <dt>{t.call.agent}</dt>
                <dd>{call.agent}</dd>
              </div>
              <div>
                <dt>{t.envivo.response}</dt>
                <dd>{call.response_ms === null ? t.common.none : seconds(call.response_ms, locale.value)}</dd>
              </div>
              <div>
                <dt>{t.envivo.turns}</dt>
                <dd>{call.turns ?? t.common.none}</dd>
              </div>
              {!gone && (
                <div>
                  <dt>{t.envivo.lasted}</dt>
                  <dd>
                    <Elapsed since={call.start_time} />
                  </dd>
                </div>
              )}
            </dl>
          </div>
          {!gone && <Steering call={call} />}
          <Said turns={turns} start={call.start_time} />
        </>
      )}
    </section>
  );
}

/** The way to what was kept of the call: its page, once it is known there, else the list. */
function Kept({ sessionId }: { sessionId: string }) {
  const t = words.value;
  const [id, setId] = useState<string | null>(null);
  useEffect(() => {
    let here = true;
    findCallOf(sessionId).then(
      (found) => here && setId(found),
      () => {}, // the list says what is wrong when it is opened
    );
    return () => {
      here = false;
    };
  }, [sessionId]);
  return (
    <a class="button" href={hrefOf(id === null ? { page: 'historial' } : { page: 'call', id })}>
      {id === null ? t.envivo.seeHistory : t.envivo.seeCall}
    </a>
  );
}

function Said({ turns, start }: { turns: readonly LiveTurn[]; start: string }) {
  const t = words.value;
  const end = useRef<HTMLDivElement>(null);
  const newest = turns[turns.length - 1];
  useEffect(() => {
    // Whoever has scrolled up reads something else.
    const near = document.documentElement.scrollHeight - innerHeight - scrollY < 240;
    if (near) end.current?.scrollIntoView({ block: 'end' });
  }, [newest?.turn, newest?.content]);
  if (turns.length === 0) return <p class="note">{t.envivo.nothingSaid}</p>;
  return (
    <>
      <div role="log" aria-label={t.call.transcript}>
        <ol class="bubbles live-said">
          {turns.map((one) => {
            const sounds = one.partial && one === newest;
            // Whatever comes after it, nothing of it was heard: the caller went on, and it was taken back.
            const takenBack = one.partial && !sounds;
            return (
              <Bubble
                key={one.turn}
                role={one.role}
                who={one.role === 'user' ? t.common.caller : t.common.agent}
                text={takenBack ? '' : one.content}
                cut={takenBack ? one.content : cutOf(one)}
                interrupted={one.interrupted}
                current={sounds}
                when={
                  <>
                    {duration(Date.parse(one.timestamp) - Date.parse(start))} {sounds && t.envivo.speaking}
                  </>
                }
              >
                {one.response_ms !== null && (
                  <p class="bubble-foot">{t.probar.responseIn(seconds(one.response_ms, locale.value))}</p>
                )}
              </Bubble>
            );
          })}
        </ol>
      </div>
      <div ref={end} />
    </>
  );
}
