// One call: how it sounded, what was said, how long the answers took, and all else that is known of it.

import { useEffect, useState } from 'preact/hooks';
import type { Call, CallTurn } from '../../../generated/api';
import { ApiError } from '../../api';
import { Bubble } from '../../components/bubble';
import { BackIcon } from '../../components/icons';
import { Fact } from '../../components/fact';
import { ProblemBox } from '../../components/problem_box';
import { download } from '../../components/download';
import { responseTime } from '../../components/response_bar';
import { percentile } from '../../components/response_times';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { duration, exactTime, phone, seconds } from '../../format';
import { getCall, recordingHref, type CallRecord } from '../../history_api';
import { locale, lookUp, words } from '../../i18n/i18n';
import { go, hrefOf } from '../../router';
import { may } from '../../session';
import { DeleteDialog } from './delete_dialog';
import { Cost, Events, Extracted, Tools } from './findings';
import { partyOf } from './party';
import { playFrom, playing, positionMs, turnAt } from './player';
import { Recording } from './recording';
import { StatusTag } from './status_tag';
import { cutOf, timingsOf } from './turn_timings';
import { Waterfall } from './waterfall';

const kActiveRefreshMs = 3000;

export function CallPage({ id }: { id: string }) {
  const t = words.value;
  const [record, setRecord] = useState<CallRecord | null>(null);
  const [problem, setProblem] = useState<{ code: string; detail: string; missing: boolean } | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        const answer = await getCall(id, stopped.signal);
        if (stopped.signal.aborted) return;
        setRecord(answer);
        setProblem(null);
        if (answer.call.status === 'active') timer = setTimeout(() => void read(), kActiveRefreshMs);
      } catch (error) {
        if (stopped.signal.aborted) return;
        const known = error instanceof ApiError ? error : new ApiError(0, 'unexpected', String(error));
        const code = known.signedOut ? 'signed-out' : known.code;
        setProblem({ code, detail: known.message, missing: known.status === 404 });
      }
    };
    void read();
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [id, attempt]);

  return (
    <section class="call" data-call-id={id}>
      <p class="crumbs">
        <a href={hrefOf({ page: 'historial' })}>
          <BackIcon />
          {t.call.back}
        </a>
      </p>
      {problem?.missing && (
        <div class="empty">
          <h1 class="empty-title">{t.call.missing}</h1>
          <p>{t.call.missingHow}</p>
        </div>
      )}
      {problem && !problem.missing && (
        <ProblemBox code={problem.code} detail={problem.detail} title={t.call.failed}>
          <button type="button" onClick={() => setAttempt(attempt + 1)}>
            {t.common.retry}
          </button>
        </ProblemBox>
      )}
      {!record && !problem && <Skeleton rows={6} slow={t.historial.slow} />}
      {record && <Record record={record} />}
    </section>
  );
}

function Record({ record }: { record: CallRecord }) {
  const { call, transcripts } = record;
  const t = words.value;
  const recorded = call.recording ? recordingHref(call.id) : null;
  return (
    <>
      <div class="page-head">
        <h1>
          <Time iso={call.start_time} /> <span class="h1-party">{partyOf(call, t)}</span>
        </h1>
        <StatusTag call={call} />
        <Actions record={record} recorded={recorded} />
      </div>
      {call.status === 'active' && <p class="note">{t.call.stillActive}</p>}
      {call.error && (
        <div class="problem">
          <p class="problem-title">{t.call.error}</p>
          <p>{call.error}</p>
        </div>
      )}
      {recorded && <Recording href={recorded} lengthMs={call.recording!.duration_ms} bytes={call.recording!.bytes} />}
      <div class="split">
        <div class="call-main">
          <section aria-labelledby="transcript-title">
            <h2 id="transcript-title">{t.call.transcript}</h2>
            {transcripts.length === 0 ? (
              <p class="note">{t.call.noTranscript}</p>
            ) : (
              <Transcripts transcripts={transcripts} start={call.start_time} playable={recorded !== null} />
            )}
          </section>
          <Waterfall transcripts={transcripts} start={call.start_time} />
          <Tools tools={record.tool_calls} />
          <Events record={record} />
        </div>
        <aside>
          <Extracted record={record} />
          <Responses transcripts={transcripts} />
          <h2>{t.call.facts}</h2>
          <Facts call={call} />
          <Cost record={record} />
        </aside>
      </div>
    </>
  );
}

function Actions({ record, recorded }: { record: CallRecord; recorded: string | null }) {
  const t = words.value.call;
  const id = String(record.call.id);
  const [deleting, setDeleting] = useState(false);
  return (
    <div class="page-actions">
      {recorded && (
        <>
          <a class="button" href={hrefOf({ page: 'probar' }, { call: id })} title={t.replayHint}>
            {t.replay}
          </a>
          <a class="button" href={recorded} download={`centralita-${id}.wav`}>
            {t.download}
          </a>
        </>
      )}
      <button
        type="button"
        onClick={() => download(`centralita-${id}.json`, 'application/json', JSON.stringify(record, null, 2))}
      >
        {t.downloadJson}
      </button>
      {may('editor') && record.call.end_time !== null && (
        <button type="button" onClick={() => setDeleting(true)}>
          {t.delete}
        </button>
      )}
      {deleting && (
        <DeleteDialog
          chosen={{ ids: [id] }}
          count="1"
          onDone={() => go({ page: 'historial' })}
          onUndone={() => go({ page: 'call', id })}
          onClose={() => setDeleting(false)}
        />
      )}
    </div>
  );
}

function Transcripts(props: { transcripts: CallTurn[]; start: string; playable: boolean }) {
  const { transcripts, start, playable } = props;
  const t = words.value;
  const starts = transcripts.map((one) => Date.parse(one.timestamp) - Date.parse(start));
  const now = playable && (playing.value || positionMs.value > 0) ? turnAt(starts, positionMs.value) : -1;
  return (
    <ol class="bubbles">
      {transcripts.map((one, index) => {
        const timings = timingsOf(one);
        const answered = one.role === 'assistant' ? responseTime(timings) : null;
        const when = duration(starts[index]!);
        return (
          <Bubble
            key={index}
            role={one.role === 'user' ? 'user' : 'assistant'}
            who={one.role === 'user' ? t.common.caller : t.common.agent}
            text={one.content}
            cut={cutOf(one)}
            interrupted={one.interrupted}
            current={index === now}
            when={
              playable ? (
                <button
                  type="button"
                  class="play-from"
                  aria-label={t.call.playFrom(when)}
                  onClick={() => playFrom(starts[index]!)}
                >
                  {when}
                </button>
              ) : (
                <time dateTime={one.timestamp} title={exactTime(one.timestamp, locale.value)}>
                  {when}
                </time>
              )
            }
          >
            {answered && (
              <div class="bubble-foot">
                <span class="bubble-response">{t.probar.responseIn(answered)}</span>
              </div>
            )}
          </Bubble>
        );
      })}
    </ol>
  );
}

function Facts({ call }: { call: Call }) {
  const t = words.value;
  const advice = call.end_cause && lookUp(t.causeAdvice, call.end_cause);
  return (
    <>
      <dl class="facts">
        <Fact name={t.call.start} value={exactTime(call.start_time, locale.value)} />
        <Fact name={t.call.end} value={call.end_time && exactTime(call.end_time, locale.value)} />
        <Fact name={t.call.duration} value={call.duration_ms !== null && duration(call.duration_ms)} />
        <Fact name={t.call.cause} value={lookUp(t.causes, call.end_cause)} />
        <Fact name={t.call.agent} value={call.agent} />
        <Fact name={t.call.channel} value={lookUp(t.channels, call.client_type)} />
        <Fact name={t.call.direction} value={lookUp(t.directions, call.direction)} />
        <Fact name={t.call.from} value={phone(call.from)} />
        <Fact name={t.call.to} value={phone(call.to)} />
        <Fact name={t.call.keptUntil} value={call.kept_until && <Time iso={call.kept_until} />} />
        <Fact
          name={t.call.recordingUntil}
          value={call.recording?.kept_until && <Time iso={call.recording.kept_until} />}
        />
        <Fact name={t.call.carrierId} value={call.provider_call_id && <code>{call.provider_call_id}</code>} />
        <Fact name={t.call.sessionId} value={<code>{call.session_id}</code>} />
      </dl>
      {advice && advice !== call.end_cause && (
        <p class="note">
          <strong>{t.common.whatToDo}</strong> {advice}
        </p>
      )}
    </>
  );
}

function Responses({ transcripts }: { transcripts: CallTurn[] }) {
  const t = words.value.probar;
  const values = transcripts
    .filter((one) => one.role === 'assistant')
    .map((one) => timingsOf(one)['response_ms'])
    .filter((ms) => ms !== undefined);
  if (values.length === 0) return null;
  return (
    <>
      <h2>{words.value.call.responses}</h2>
      <dl class="figures">
        <div>
          <dt>{t.median}</dt>
          <dd>{seconds(percentile(values, 50)!, locale.value)}</dd>
        </div>
        <div>
          <dt>{t.p95}</dt>
          <dd>{seconds(percentile(values, 95)!, locale.value)}</dd>
        </div>
      </dl>
    </>
  );
}
