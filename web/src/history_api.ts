// The history's part of the server's contract beyond reading: filters, exports, deletion.

import { request, send, type CallPage } from './api';

/** By the names of the server's query. */
export const kFilterNames = [
  'q', 'number', 'from', 'to', 'client_type', 'agent', 'status', 'direction', 'end_cause', 'intent', 'sentiment',
] as const;
export type FilterName = (typeof kFilterNames)[number];
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

export type FacetName = 'agent' | 'client_type' | 'direction' | 'end_cause' | 'intent' | 'sentiment' | 'status';
export type Facets = Record<FacetName, { value: string; calls: number }[]>;

export interface Deletion {
  deleted: number;
  going_on: number; // left alone
  deletion: string | null;
  undo_until: string | null;
}

/** The viewer's own zone: a day is theirs. */
export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

export function queryOf(filter: Filter, more: Record<string, string> = {}): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of kFilterNames) {
    const value = filter[name];
    if (value) query.set(name, value);
  }
  if (filter.from || filter.to) query.set('tz', zone());
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query;
}

export function findCalls(filter: Filter, limit: number, cursor: string | null = null): Promise<CallPage> {
  return request<CallPage>(`/api/v1/calls?${queryOf(filter, { limit: String(limit), ...(cursor ? { cursor } : {}) })}`);
}

export async function countNewer(filter: Filter, newest: string): Promise<{ count: number; capped: boolean }> {
  return request(`/api/v1/calls/count?${queryOf(filter, { since: newest })}`);
}

export async function readFacets(): Promise<Facets> {
  return (await request<{ facets: Facets }>('/api/v1/calls/facets')).facets;
}

/** A link that downloads. */
export function exportHref(format: 'csv' | 'json', filter: Filter, ids: readonly string[] = []): string {
  const more: Record<string, string> = { format, tz: zone() };
  if (format === 'csv') more['bom'] = 'true';
  if (ids.length > 0) more['ids'] = ids.join(',');
  return `/api/v1/calls/export?${queryOf(ids.length > 0 ? {} : filter, more)}`;
}

export function deleteCalls(ids: readonly string[]): Promise<Deletion> {
  return send<Deletion>('POST', '/api/v1/calls/delete', { ids: ids.map(Number) });
}

export async function restoreCalls(deletion: string): Promise<number> {
  return (await send<{ restored: number }>('POST', '/api/v1/calls/restore', { deletion })).restored;
}
