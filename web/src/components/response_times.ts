// Where the time between the caller's last word and the agent's first went.

export type Timings = Record<string, number>; // ms, by the names of the server's `timings`

/** The stages in the order they happen. */
export const kStages = ['endpointing', 'stt', 'llm', 'tts', 'other'] as const;
export type Stage = (typeof kStages)[number];

export interface Part {
  stage: Stage;
  ms: number;
}

/**
 * The stages of a response, to be drawn one after the other. The model's part lasts until its first clause,
 * for that is what the synthesizer waits for; what is left up to `response_ms` is the rest (network, queues).
 */
export function stagesOf(timings: Timings): Part[] {
  const parts: Part[] = [];
  const add = (stage: Stage, ms: number | undefined) => {
    if (ms !== undefined && ms > 0) parts.push({ stage, ms });
  };
  add('endpointing', first(timings, 'endpointing_ms', 'endpoint_ms', 'vad_ms'));
  add('stt', first(timings, 'stt_ms'));
  add('llm', first(timings, 'llm_first_clause_ms', 'llm_ms', 'llm_first_token_ms'));
  add('tts', first(timings, 'tts_first_byte_ms', 'tts_ms'));
  const sum = parts.reduce((total, part) => total + part.ms, 0);
  const response = timings['response_ms'];
  if (response !== undefined && parts.length > 0) add('other', response - sum);
  return parts;
}

function first(timings: Timings, ...names: string[]): number | undefined {
  for (const name of names) {
    if (timings[name] !== undefined) return timings[name];
  }
  return undefined;
}

/** The nearest-rank percentile (0..100) of `values`; null when there are none. */
export function percentile(values: readonly number[], rank: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.ceil((rank / 100) * sorted.length) - 1;
  return sorted[Math.max(0, Math.min(sorted.length - 1, index))]!;
}
