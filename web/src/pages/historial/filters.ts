// The filter as it is in the address, and as it is said. Pure.

import { kFilterNames, type Filter, type FilterName } from '../../history_api';
import { lookUp, type Dictionary } from '../../i18n/i18n';

export type When = 'all' | 'today' | 'yesterday' | 'week' | 'month' | 'span';

export function filterOf(query: URLSearchParams): Filter {
  const filter: Partial<Record<FilterName, string>> = {};
  for (const name of kFilterNames) {
    const value = query.get(name)?.trim();
    if (value) filter[name] = value;
  }
  return filter;
}

export function isEmpty(filter: Filter): boolean {
  return kFilterNames.every((name) => !filter[name]);
}

/** The same filter with other members; an empty one goes. */
export function withMembers(filter: Filter, changes: Filter): Filter {
  return filterOf(new URLSearchParams({ ...filter, ...changes } as Record<string, string>));
}

/** A calendar day of the viewer's, `days` from today: "2026-05-01". */
export function day(now: Date, days: number): string {
  const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function spanOf(when: When, now: Date): { from: string; to: string } {
  switch (when) {
    case 'today':
      return { from: day(now, 0), to: day(now, 0) };
    case 'yesterday':
      return { from: day(now, -1), to: day(now, -1) };
    case 'week':
      return { from: day(now, -6), to: '' };
    case 'month':
      return { from: day(now, -29), to: '' };
    case 'span':
      return { from: day(now, -6), to: day(now, 0) };
    default:
      return { from: '', to: '' };
  }
}

/** Which of the spans a filter is. */
export function whenOf(filter: Filter, now: Date): When {
  const from = filter.from ?? '';
  const to = filter.to ?? '';
  if (from === '' && to === '') return 'all';
  const named = (['today', 'yesterday', 'week', 'month'] as const).find((when) => {
    const span = spanOf(when, now);
    return span.from === from && span.to === to;
  });
  return named ?? 'span';
}

export interface Chip {
  names: FilterName[]; // what goes with it
  text: string;
}

export function chipsOf(filter: Filter, words: Dictionary, now: Date): Chip[] {
  const t = words.historial;
  const chips: Chip[] = [];
  if (filter.q) chips.push({ names: ['q'], text: `“${filter.q}”` });
  if (filter.number) chips.push({ names: ['number'], text: `${t.number}: ${filter.number}` });
  const when = whenOf(filter, now);
  if (when !== 'all') {
    const span = [filter.from, filter.to].map((one) => one ?? '…').join(' – ');
    chips.push({ names: ['from', 'to'], text: when === 'span' ? span : t.whens[when] });
  }
  const tables = { client_type: words.channels, status: words.statuses, direction: words.directions, end_cause: words.causes };
  for (const name of ['client_type', 'agent', 'status', 'direction', 'end_cause', 'intent', 'sentiment'] as const) {
    const value = filter[name];
    if (!value) continue;
    const table = name in tables ? tables[name as keyof typeof tables] : name === 'agent' ? {} : words.call.values;
    // Several with commas between; names that people gave may have commas of their own.
    const values = name in tables ? value.split(',') : [value];
    chips.push({ names: [name], text: `${t.facets[name]}: ${values.map((one) => lookUp(table, one)).join(', ')}` });
  }
  return chips;
}
