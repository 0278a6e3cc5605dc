import type { CallSummary } from '../../api';
import { phone } from '../../format';
import type { Dictionary } from '../../i18n/i18n';

/** Who the agent talked to, in a word. */
export function partyOf(call: CallSummary, words: Dictionary): string {
  const number = call.direction === 'outbound' ? call.to : call.from;
  if (number) return phone(number);
  return call.client_type === 'browser' ? words.call.simulatorParty : words.call.unknownParty;
}
