// The calls in progress as the server tells of them. Pure.

import type { LiveCall, LiveTurn } from '../../../generated/api';
import type { LiveEvent } from '../../live_api';

export type LiveList = ReadonlyMap<string, LiveCall>;

/** null: what came is none of what is known; newer servers may say more. */
export function parseLiveEvent(name: string, data: string): LiveEvent | null {
  if (name === 'reset') return { name };
  let body: unknown;
  try {
    body = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof body !== 'object' || body === null) return null;
  const call = body as LiveCall & { said?: LiveTurn };
  if (typeof call.session_id !== 'string') return null;
  if (name === 'turn') return call.said ? { name, call, said: call.said } : null;
  if (name === 'call' || name === 'state' || name === 'ended') return { name, call };
  return null;
}

export function withEvent(list: LiveList, event: LiveEvent): LiveList {
  if (event.name === 'reset') return new Map([...list].filter(([, call]) => call.elsewhere));
  const next = new Map(list);
  if (event.name === 'ended') next.delete(event.call.session_id);
  else next.set(event.call.session_id, event.call);
  return next;
}

/** The calls of other instances, of which only a list is to be had. */
export function withElsewhere(list: LiveList, all: readonly LiveCall[]): LiveList {
  const next = new Map([...list].filter(([, call]) => !call.elsewhere));
  for (const call of all) {
    if (call.elsewhere && !next.has(call.session_id)) next.set(call.session_id, call);
  }
  return next;
}

export function newestFirst(list: LiveList): LiveCall[] {
  return [...list.values()].sort((a, b) => b.start_time.localeCompare(a.start_time));
}

/** A turn comes again as it grows, and once more as it was heard. */
export function withTurn(turns: readonly LiveTurn[], said: LiveTurn): LiveTurn[] {
  const rest = turns.filter((one) => one.turn !== said.turn);
  return [...rest, said].sort((a, b) => a.turn - b.turn);
}
