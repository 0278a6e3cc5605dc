// The calls, newest first: found by a filter, chosen, exported and deleted.

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { Call } from '../../../generated/api';
import { RefreshIcon } from '../../components/icons';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { duration, timeInWords } from '../../format';
import { countCalls, exportHref, findCalls, nameOf, type Filter } from '../../history_api';
import { locale, lookUp, words } from '../../i18n/i18n';
import { go, hrefOf, query } from '../../router';
import { problemOf, type Problem } from '../problem_of';
import { chosenOf, isChosen, kNone, sizeOf, withTick, type Choice } from './chosen';
import { ChosenBar, countText } from './chosen_bar';
import { firstPage, withNewerShown, withOlder, withRefresh, type CallsList } from './calls_list';
import { DeleteDialog } from './delete_dialog';
import { FilterBar } from './filter_bar';
import { filterOf, isEmpty } from './filters';
import { partyOf } from './party';
import { Expiry, RetentionLine } from './retention';
import { StatusTag } from './status_tag';

const kPageSize = 25;
const kRefreshMs = 10_000;

// Kept while one reads a call, so that coming back finds the list as it was.
const list = signal<CallsList | null>(null);
const listedFilter = signal(''); // of `list`
const waiting = signal(''); // how many newer calls there are, when that is more than was read
const problem = signal<Problem | null>(null);
const loading = signal<'none' | 'first' | 'refresh' | 'older'>('none');
const chosen = signal<Choice>(kNone);

let newest = 0; // of the readings under way

/** `show`: newer calls appear at once, for they were asked for. */
async function refresh(filter: Filter, show: boolean): Promise<void> {
  const name = nameOf(filter);
  const fresh = name !== listedFilter.value;
  if (!fresh && loading.value !== 'none') return;
  const mine = ++newest;
  if (fresh) {
    list.value = null;
    chosen.value = kNone;
    listedFilter.value = name;
  }
  loading.value = list.value ? 'refresh' : 'first';
  try {
    const page = await findCalls(filter, kPageSize);
    if (mine !== newest) return;
    const next = list.value ? withRefresh(list.value, page) : firstPage(page);
    waiting.value = '';
    if (next.gap && list.value?.newest) {
      const counted = await countCalls(filter, list.value.newest);
      if (mine !== newest) return;
      waiting.value = countText(counted);
    }
    list.value = show ? withNewerShown(next) : next;
    problem.value = null;
  } catch (error) {
    if (mine === newest) problem.value = problemOf(error);
  } finally {
    if (mine === newest) loading.value = 'none';
  }
}

async function loadOlder(filter: Filter): Promise<void> {
  const cursor = list.value?.cursor;
  if (!cursor || loading.value !== 'none') return;
  const mine = ++newest;
  loading.value = 'older';
  try {
    const page = await findCalls(filter, kPageSize, cursor);
    if (mine === newest && list.value) list.value = withOlder(list.value, page);
    problem.value = null;
  } catch (error) {
    if (mine === newest) problem.value = problemOf(error);
  } finally {
    if (mine === newest) loading.value = 'none';
  }
}

/** Reads the list from its beginning: something was deleted, or came back. */
function readAgain(filter: Filter): void {
  chosen.value = kNone;
  listedFilter.value = '?';
  void refresh(filter, true);
}

export function Historial() {
  const t = words.value.historial;
  const filter = filterOf(query.value);
  const name = nameOf(filter);
  const [deleting, setDeleting] = useState(false);
  useEffect(() => {
    // Whoever comes to the page wants what there is now.
    void refresh(filter, true);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refresh(filter, false);
    }, kRefreshMs);
    return () => clearInterval(timer);
  }, [name]);

  const shown = listedFilter.value === name ? list.value : null;
  const wrong = problem.value;
  const choice = chosen.value;
  const ids = shown?.calls.map((call) => String(call.id)) ?? [];
  const all = ids.length > 0 && ids.every((id) => isChosen(choice, id));
  return (
    <section class="historial" aria-labelledby="historial-title">
      <div class="page-head">
        <h1 id="historial-title">{t.title}</h1>
        <div class="page-actions">
          {shown && shown.newer.length > 0 && (
            <button
              type="button"
              class="news"
              onClick={() => {
                list.value = withNewerShown(shown);
                waiting.value = '';
              }}
            >
              {waiting.value === '' ? t.news(shown.newer.length) : t.newsMany(waiting.value)}
            </button>
          )}
          <button type="button" onClick={() => void refresh(filter, true)} aria-busy={loading.value === 'refresh'}>
            <RefreshIcon />
            <span>{t.refresh}</span>
          </button>
          <ExportMenu filter={filter} choice={choice} />
        </div>
      </div>
      <FilterBar filter={filter} />
      <RetentionLine />
      {wrong && (
        <ProblemBox code={wrong.code} detail={wrong.detail} title={shown ? t.stale : t.failed}>
          <button type="button" onClick={() => void refresh(filter, true)}>
            {words.value.common.retry}
          </button>
        </ProblemBox>
      )}
      {!shown && !wrong && <Skeleton rows={8} slow={t.slow} />}
      {shown && shown.calls.length === 0 && (isEmpty(filter) ? <Empty /> : <NoMatch />)}
      {shown && shown.calls.length > 0 && (
        <>
          <Table calls={shown.calls} all={all} />
          <p class="list-end">
            {shown.cursor ? (
              <button type="button" onClick={() => void loadOlder(filter)} aria-busy={loading.value === 'older'}>
                {loading.value === 'older' ? words.value.common.loading : t.more}
              </button>
            ) : (
              t.all(shown.calls.length)
            )}
          </p>
        </>
      )}
      <ChosenBar
        choice={choice}
        filter={filter}
        more={all && shown?.cursor !== null}
        onChange={(matching) => (chosen.value = { ids: new Set(), matching })}
        onDelete={() => setDeleting(true)}
      />
      {deleting && (
        <DeleteDialog
          chosen={chosenOf(choice)}
          count={countText(choice.matching ?? { count: sizeOf(choice), capped: false })}
          onDone={() => {
            setDeleting(false);
            readAgain(filter);
          }}
          onUndone={() => readAgain(filter)}
          onClose={() => setDeleting(false)}
        />
      )}
    </section>
  );
}

function ExportMenu({ filter, choice }: { filter: Filter; choice: Choice }) {
  const t = words.value.historial;
  const some = sizeOf(choice) > 0;
  const what = some ? t.exportChosen : isEmpty(filter) ? t.exportAll : t.exportFiltered;
  const which = some ? chosenOf(choice) : { filter };
  return (
    <details class="menu">
      <summary class="button">{t.exportTitle}</summary>
      <div class="menu-panel panel">
        <p class="note">{t.exportHint(what)}</p>
        <a class="button" href={exportHref('csv', which)} download>
          {t.exportCsv}
        </a>
        <a class="button" href={exportHref('json', which)} download>
          {t.exportJson}
        </a>
      </div>
    </details>
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

function NoMatch() {
  const t = words.value.historial;
  return (
    <div class="empty" data-testid="no-match">
      <p class="empty-title">{t.noMatch}</p>
      <p>{t.noMatchHow}</p>
    </div>
  );
}

function Table({ calls, all }: { calls: Call[]; all: boolean }) {
  const t = words.value.historial;
  const ids = calls.map((call) => String(call.id));
  return (
    <table class="calls">
      <thead>
        <tr>
          <th scope="col" class="cell-choose">
            <input
              type="checkbox"
              aria-label={t.chooseAll}
              checked={all}
              onChange={() => (chosen.value = all ? kNone : { ids: new Set(ids), matching: null })}
            />
          </th>
          <th scope="col">{t.columns.start}</th>
          <th scope="col">{t.columns.party}</th>
          <th scope="col">{t.columns.agent}</th>
          <th scope="col" class="number">
            {t.columns.duration}
          </th>
          <th scope="col">{t.columns.result}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <Row key={call.id} call={call} shown={ids} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ call, shown }: { call: Call; shown: readonly string[] }) {
  const t = words.value;
  const id = String(call.id);
  const party = partyOf(call, t);
  const time = timeInWords(call.start_time, locale.value, t.time);
  return (
    <tr
      data-call-id={id}
      data-session-id={call.session_id}
      class={isChosen(chosen.value, id) ? 'row-chosen' : ''}
      onClick={(event) => {
        // The link does it itself, with the browser's own ways of opening; a selection is not a click.
        const own = event.target instanceof Element && event.target.closest('a, input, .cell-choose') !== null;
        if (!own && String(getSelection()) === '') go({ page: 'call', id });
      }}
    >
      <td class="cell-choose">
        <input
          type="checkbox"
          aria-label={t.historial.choose(`${party}, ${time}`)}
          checked={isChosen(chosen.value, id)}
          onChange={(event) => (chosen.value = withTick(chosen.value, id, event.currentTarget.checked, shown))}
        />
      </td>
      <td class="cell-start">
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
      <td class="cell-agent">{call.agent || t.common.none}</td>
      <td class="number">{call.duration_ms === null ? t.common.none : duration(call.duration_ms)}</td>
      <td class="cell-result">
        <StatusTag call={call} />
        <Expiry until={call.kept_until} />
        {call.end_cause && <span class="cell-note">{lookUp(t.causes, call.end_cause)}</span>}
      </td>
    </tr>
  );
}
