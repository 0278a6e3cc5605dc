import type { CallTurn } from '../../../generated/api';
import type { Timings } from '../../components/response_times';

export function timingsOf(one: CallTurn): Timings {
  const timings: Timings = {};
  for (const [name, value] of Object.entries(one.timings ?? {})) {
    if (typeof value === 'number') timings[name] = value;
  }
  return timings;
}

/** Of what was generated, what came after what was heard. */
export function cutOf(one: { interrupted: boolean; generated: string | null; content: string }): string {
  if (!one.interrupted || !one.generated) return '';
  return one.generated.startsWith(one.content) ? one.generated.slice(one.content.length) : '';
}
