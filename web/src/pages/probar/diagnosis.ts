// What probably went wrong in a call, from what was measured of it. Pure.

import type { Timings } from '../../components/response_times';
import { stagesOf } from '../../components/response_times';
import type { Line } from './conversation';
import type { CallEvent } from './wire';

export type Diagnosis =
  | 'no-caller-sound'
  | 'caller-too-quiet'
  | 'nothing-understood'
  | 'echo'
  | 'underruns'
  | 'slow-endpointing'
  | 'slow-stt'
  | 'slow-llm'
  | 'slow-tts'
  | 'tool-failed';

export interface Observed {
  elapsedMs: number;
  callerPeak: number; // RMS
  lines: readonly Line[];
  events: readonly CallEvent[];
  timings: Iterable<Timings>;
  underruns: number;
}

/** Before this nothing is concluded from silence: the caller may be listening to the greeting. */
const kPatienceMs = 12_000;
const kSilent = 0.001; // RMS, -60 dBFS
const kQuiet = 0.01; // RMS, -40 dBFS
/** A reply slower than this is felt as slow. */
const kSlowMs = 1500;

export function diagnose(call: Observed): Diagnosis[] {
  const found: Diagnosis[] = [];
  const heard = call.lines.some((line) => line.role === 'user');
  if (call.elapsedMs > kPatienceMs && !heard) {
    if (call.callerPeak < kSilent) found.push('no-caller-sound');
    else if (call.callerPeak < kQuiet) found.push('caller-too-quiet');
    else if (call.callerPeak > 2 * kQuiet) found.push('nothing-understood');
  }
  if (call.events.some((event) => event.name === 'echo')) found.push('echo');
  if (call.underruns > 0) found.push('underruns');
  const slow = slowestStage(call.timings);
  if (slow) found.push(slow);
  if (toolCalls(call.events).some((tool) => tool.outcome !== 'ok')) found.push('tool-failed');
  return found;
}

/** The stage that took most of the slow replies' time. */
function slowestStage(all: Iterable<Timings>): Diagnosis | null {
  const sums = new Map<string, number>();
  for (const timings of all) {
    if ((timings['response_ms'] ?? 0) < kSlowMs) continue;
    for (const { stage, ms } of stagesOf(timings)) sums.set(stage, (sums.get(stage) ?? 0) + ms);
  }
  const [stage] = [...sums].sort((a, b) => b[1] - a[1])[0] ?? [];
  return stage === 'endpointing' || stage === 'stt' || stage === 'llm' || stage === 'tts' ? `slow-${stage}` : null;
}

export interface ToolCall {
  name: string;
  outcome: string; // "ok", "refused", "failed"...
  durationMs: number;
  detail: string; // the whole event, as it came
  atMs: number;
}

export function toolCalls(events: readonly CallEvent[]): ToolCall[] {
  return events.flatMap((event) => {
    if (event.name !== 'tool') return [];
    try {
      const said = JSON.parse(event.detail) as { name?: unknown; outcome?: unknown; duration_ms?: unknown };
      return [
        {
          name: String(said.name ?? ''),
          outcome: String(said.outcome ?? 'ok'),
          durationMs: typeof said.duration_ms === 'number' ? said.duration_ms : 0,
          detail: event.detail,
          atMs: event.atMs,
        },
      ];
    } catch {
      return [];
    }
  });
}
