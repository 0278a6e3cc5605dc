import type { Call } from '../../../generated/api';
import { phone } from '../../format';
import type { Dictionary } from '../../i18n/i18n';

/** Of a call of the history, or of one that goes on. */
export type Parties = Pick<Call, 'direction' | 'client_type' | 'from' | 'to'>;

/** Who the agent talked to, in a word. */
export function partyOf(call: Parties, words: Dictionary): string {
  const number = call.direction === 'outbound' ? call.to : call.from;
  if (number) return phone(number);
  return call.client_type === 'browser' ? words.call.simulatorParty : words.call.unknownParty;
}
