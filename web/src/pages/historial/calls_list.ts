// The history as it stands on the page: what has been read, and what is newer and waits to be shown, so that
// the rows do not move under the reader's eyes. Pure.

import type { Call } from '../../../generated/api';
import type { CallPage } from '../../history_api';

export interface CallsList {
  calls: Call[]; // newest first
  cursor: string | null; // for what is older
  newest: string | null; // names the first call shown, to count those since
  newer: Call[]; // newest first; not shown yet
  newestSeen?: string | null; // names the first of `newer`
  /** The newer ones do not reach down to `calls`: showing them starts the list anew. */
  gap: CallPage | null;
}

export function firstPage(page: CallPage): CallsList {
  return { calls: page.calls, cursor: page.next_cursor, newest: page.newest, newer: [], gap: null };
}

export function withOlder(list: CallsList, page: CallPage): CallsList {
  const known = new Set(list.calls.map((call) => call.id));
  return {
    ...list,
    calls: [...list.calls, ...page.calls.filter((call) => !known.has(call.id))],
    cursor: page.next_cursor,
  };
}

/** The newest page, read again: calls shown get their present state, newer ones wait. */
export function withRefresh(list: CallsList, page: CallPage): CallsList {
  if (list.calls.length === 0) return firstPage(page);
  const fresh = new Map(page.calls.map((call) => [call.id, call]));
  const shown = new Set(list.calls.map((call) => call.id));
  const newer = page.calls.filter((call) => !shown.has(call.id));
  const touches = newer.length < page.calls.length;
  return {
    ...list,
    calls: list.calls.map((call) => fresh.get(call.id) ?? call),
    newer,
    newestSeen: page.newest ?? list.newestSeen ?? null,
    gap: touches || newer.length === 0 ? null : page,
  };
}

export function withNewerShown(list: CallsList): CallsList {
  if (list.gap) return firstPage(list.gap);
  return { ...list, calls: [...list.newer, ...list.calls], newer: [], newest: list.newestSeen ?? list.newest };
}
