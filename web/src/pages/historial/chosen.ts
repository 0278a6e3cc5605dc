// Which calls are chosen: those one has ticked, or all that the filter lets through. Pure.

import type { Chosen, Filter } from '../../history_api';

export interface Matching {
  filter: Filter; // bounded, so that what is chosen is what was counted
  count: number;
  capped: boolean; // there are more than `count`
}

export interface Choice {
  ids: ReadonlySet<string>; // ticked, where `matching` is null
  matching: Matching | null;
}

export const kNone: Choice = { ids: new Set(), matching: null };

export function isChosen(choice: Choice, id: string): boolean {
  return choice.matching !== null || choice.ids.has(id);
}

/** `shown`: the calls of the list; to untick one of all that match leaves those that are seen. */
export function withTick(choice: Choice, id: string, ticked: boolean, shown: readonly string[]): Choice {
  const ids = new Set(choice.matching ? shown : choice.ids);
  if (ticked) ids.add(id);
  else ids.delete(id);
  return { ids, matching: null };
}

export function sizeOf(choice: Choice): number {
  return choice.matching ? choice.matching.count : choice.ids.size;
}

export function chosenOf(choice: Choice): Chosen {
  return choice.matching ? { filter: choice.matching.filter } : { ids: [...choice.ids] };
}

/** The same filter without the calls that have yet to begin: nobody has seen them. */
export function untilNow(filter: Filter, now: Date): Filter {
  const end = endOf(filter.to);
  return end !== null && end <= now.getTime() ? filter : { ...filter, to: now.toISOString() };
}

/** When the span ends: a day as a whole, or a moment. */
function endOf(to: string | undefined): number | null {
  if (!to) return null;
  const day = /^(\d+)-(\d+)-(\d+)$/.exec(to);
  return day ? new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3]) + 1).getTime() : Date.parse(to);
}
