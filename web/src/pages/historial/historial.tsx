// The calls, newest first.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listCalls, type CallSummary } from '../../api';
import { RefreshIcon } from '../../components/icons';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { duration, timeInWords } from '../../format';
import { locale, lookUp, words } from '../../i18n/i18n';
import { go, hrefOf } from '../../router';
import { problemOf, type Problem } from '../problem_of';
import { firstPage, withNewerShown, withOlder, withRefresh, type CallsList } from './calls_list';
import { partyOf } from './party';
import { StatusTag } from './status_tag';

const kPageSize = 25;
const kRefreshMs = 10_000;

// Kept while one reads a call, so that coming back finds the list as it was.
const list = signal<CallsList | null>(null);
const problem = signal<Problem | null>(null);
const loading = signal<'none' | 'first' | 'refresh' | 'older'>('none');

/** `show`: newer calls appear at once, for they were asked for. */
async function refresh(show: boolean): Promise<void> {
  if (loading.value !== 'none') return;
  loading.value = list.value ? 'refresh' : 'first';
  try {
    const page = await listCalls({ limit: kPageSize });
    const next = list.value ? withRefresh(list.value, page) : firstPage(page);
    list.value = show ? withNewerShown(next) : next;
    problem.value = null;
  } catch (error) {
    problem.value = problemOf(error);
  } finally {
    loading.value = 'none';
  }
}

async function loadOlder(): Promise<void> {
  const cursor = list.value?.cursor;
  if (!cursor || loading.value !== 'none') return;
  loading.value = 'older';
  try {
    const page = await listCalls({ limit: kPageSize, cursor });
    if (list.value) list.value = withOlder(list.value, page);
    problem.value = null;
  } catch (error) {
    problem.value = problemOf(error);
  } finally {
    loading.value = 'none';
  }
}

export function Historial() {
  const t = words.value.historial;
  useEffect(() => {
    // Whoever comes to the page wants what there is now.
    void refresh(true);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refresh(false);
    }, kRefreshMs);
    return () => clearInterval(timer);
  }, []);

  const shown = list.value;
  const wrong = problem.value;
  return (
    <section class="historial" aria-labelledby="historial-title">
      <div class="page-head">
        <h1 id="historial-title">{t.title}</h1>
        <div class="page-actions">
          {shown && shown.newer.length > 0 && (
            <button type="button" class="news" onClick={() => (list.value = withNewerShown(shown))}>
              {t.news(shown.newer.length)}
            </button>
          )}
          <button type="button" onClick={() => void refresh(true)} aria-busy={loading.value === 'refresh'}>
            <RefreshIcon />
            <span>{t.refresh}</span>
          </button>
        </div>
      </div>
      {wrong && (
        <ProblemBox code={wrong.code} detail={wrong.detail} title={shown ? t.stale : t.failed}>
          <button type="button" onClick={() => void refresh(true)}>
            {words.value.common.retry}
          </button>
        </ProblemBox>
      )}
      {!shown && !wrong && <Skeleton rows={8} slow={t.slow} />}
      {shown && shown.calls.length === 0 && <Empty />}
      {shown && shown.calls.length > 0 && (
        <>
          <Table calls={shown.calls} />
          <p class="list-end">
            {shown.cursor ? (
              <button type="button" onClick={() => void loadOlder()} aria-busy={loading.value === 'older'}>
                {loading.value === 'older' ? words.value.common.loading : t.more}
              </button>
            ) : (
              t.all(shown.calls.length)
            )}
          </p>
        </>
      )}
    </section>
  );
}

function Empty() {
  const t = words.value.historial;
  return (
    <div class="empty">
      <p class="empty-title">{t.empty}</p>
      <p>{t.emptyHow}</p>
      <p>
        <a class="button primary" href={hrefOf({ page: 'probar' })}>
          {t.emptyAction}
        </a>
      </p>
    </div>
  );
}

function Table({ calls }: { calls: CallSummary[] }) {
  const t = words.value.historial.columns;
  return (
    <table class="calls">
      <thead>
        <tr>
          <th scope="col">{t.start}</th>
          <th scope="col">{t.party}</th>
          <th scope="col">{t.agent}</th>
          <th scope="col" class="number">
            {t.duration}
          </th>
          <th scope="col">{t.result}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <Row key={call.id} call={call} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ call }: { call: CallSummary }) {
  const t = words.value;
  const id = String(call.id);
  const party = partyOf(call, t);
  const time = timeInWords(call.start_time, locale.value, t.time);
  return (
    <tr
      data-call-id={id}
      data-session-id={call.session_id}
      onClick={(event) => {
        // The link does it itself, with the browser's own ways of opening; a selection is not a click.
        const onLink = event.target instanceof Element && event.target.closest('a') !== null;
        if (!onLink && String(getSelection()) === '') go({ page: 'call', id });
      }}
    >
      <td>
        <a href={hrefOf({ page: 'call', id })} aria-label={t.historial.open(party, time)}>
          <Time iso={call.start_time} />
        </a>
      </td>
      <td class="cell-party">
        {party}
        {call.client_type !== 'browser' && (
          <span class="cell-note">{lookUp(t.directions, call.direction)}</span>
        )}
      </td>
      <td class="cell-agent">{call.agent ?? t.common.none}</td>
      <td class="number">{call.duration_ms === null ? t.common.none : duration(call.duration_ms)}</td>
      <td class="cell-result">
        <StatusTag call={call} />
        {call.end_cause && <span class="cell-note">{lookUp(t.causes, call.end_cause)}</span>}
      </td>
    </tr>
  );
}
