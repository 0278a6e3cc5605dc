// A call as a document: what was said, in which state, how fast, and what happened.

import { chosenProfile, variables } from './choice';
import { endCause, events, lastedMs, lines, problems, ready, timings, trace } from './state';
import { kColumnMs } from './trace';

export function timeline(): object {
  return {
    format: 'centralita-timeline-1',
    session_id: ready.value?.client_id ?? null,
    agent: ready.value?.agent ?? null,
    profile: chosenProfile.value,
    variables: Object.fromEntries(variables.value),
    duration_ms: Math.round(lastedMs.value),
    end_cause: endCause.value,
    turns: lines.value.map((line) => ({
      turn: line.turn,
      role: line.role,
      text: line.text,
      not_heard: line.cut,
      interrupted: line.interrupted,
      at_ms: Math.round(line.atMs),
      timings: (line.turn !== null && timings.value.get(line.turn)) || null,
    })),
    states: changes(trace.value.states).map(({ at, value }) => ({ at_ms: at * kColumnMs, state: value })),
    events: events.value.map(({ name, detail, atMs }) => ({ at_ms: atMs, name, detail })),
    problems: problems.value,
  };
}

/** Where a sequence takes another value. */
function changes<T>(sequence: readonly T[]): { at: number; value: T }[] {
  return sequence.flatMap((value, at) => (at === 0 || sequence[at - 1] !== value ? [{ at, value }] : []));
}
