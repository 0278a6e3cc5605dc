// The history's part of the server's contract.

import { addressOf, ask, type Answer, type Query } from './api';

export type CallPage = Answer<'GET /api/v1/calls'>;
export type CallRecord = Answer<'GET /api/v1/calls/{id}'>;

/** By the names of the server's query. */
export type FilterName = Exclude<keyof Query<'GET /api/v1/calls'>, 'limit' | 'cursor' | 'tz' | 'ids'>;
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

const kEach: Record<FilterName, true> = {
  q: true, number: true, from: true, to: true, client_type: true, agent: true, status: true, direction: true,
  end_cause: true, intent: true, sentiment: true,
};
export const kFilterNames = Object.keys(kEach) as FilterName[];

export type Facets = Answer<'GET /api/v1/calls/facets'>['facets'];
export type FacetName = keyof Facets;

/** The viewer's own zone: a day is theirs. */
export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** As the server's query has it: a filter by days says whose days they are. */
export function fieldsOf(filter: Filter): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const name of kFilterNames) if (filter[name]) fields[name] = filter[name];
  if (filter.from || filter.to) fields['tz'] = zone();
  return fields;
}

export const nameOf = (filter: Filter): string => new URLSearchParams(fieldsOf(filter)).toString();

export const findCalls = (filter: Filter, limit: number, cursor: string | null = null) =>
  ask('GET /api/v1/calls', { query: { ...fieldsOf(filter), limit, ...(cursor === null ? {} : { cursor }) } });

/** The id of one of the newest calls, by its session's or the carrier's name for it; null: it is not there yet. */
export async function findCallOf(...names: readonly string[]): Promise<string | null> {
  const { calls } = await findCalls({}, 20);
  const own = calls.find((call) => names.includes(call.session_id) || names.includes(call.provider_call_id));
  return own ? String(own.id) : null;
}

export const getCall = (id: string, signal?: AbortSignal) =>
  ask('GET /api/v1/calls/{id}', { path: { id }, ...(signal ? { signal } : {}) });

export const recordingHref = (id: string | number): string =>
  addressOf('GET /api/v1/calls/{id}/recording', { path: { id } });

/** `since`: newest of a page. Counting stops at some thousands. */
export const countCalls = (filter: Filter, since?: string) =>
  ask('GET /api/v1/calls/count', { query: { ...fieldsOf(filter), ...(since === undefined ? {} : { since }) } });

export const readFacets = async () => (await ask('GET /api/v1/calls/facets')).facets;

/** Calls by their ids, or all that a filter lets through. */
export type Chosen = { ids: readonly string[] } | { filter: Filter };

/** A link that downloads. */
export function exportHref(format: 'csv' | 'json', chosen: Chosen): string {
  const which: Record<string, string> = 'ids' in chosen ? { ids: chosen.ids.join(',') } : fieldsOf(chosen.filter);
  return addressOf('GET /api/v1/calls/export', {
    query: { ...which, format, tz: zone(), ...(format === 'csv' ? { bom: 'true' } : {}) },
  });
}

export function deleteCalls(chosen: Chosen) {
  if ('ids' in chosen) return ask('POST /api/v1/calls/delete', { body: { ids: chosen.ids.map(Number) } });
  return ask('POST /api/v1/calls/delete', { body: { filter: fieldsOf(chosen.filter) } });
}

export const restoreCalls = async (deletion: string) =>
  (await ask('POST /api/v1/calls/restore', { body: { deletion } })).restored;

export const getRetention = () => ask('GET /api/v1/retention', { query: { tz: zone() } });
