import { phone } from '../../format';
import type { Dictionary } from '../../i18n/i18n';

export interface Parties {
  direction: string;
  client_type: string;
  from: string | null;
  to: string | null;
}

/** Who the agent talked to, in a word. */
export function partyOf(call: Parties, words: Dictionary): string {
  const number = call.direction === 'outbound' ? call.to : call.from;
  if (number) return phone(number);
  return call.client_type === 'browser' ? words.call.simulatorParty : words.call.unknownParty;
}
