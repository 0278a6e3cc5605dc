// What the page shows of the simulator's call. It outlives a change of page: a call goes on while one looks at
// the history.

import { computed, signal } from '@preact/signals';
import type { SimulatorReady } from '../../../generated/api';
import type { Timings } from '../../components/response_times';
import type { PlaybackLevel } from './audio_engine';
import type { Line } from './conversation';
import type { Recorder } from './recorder';
import { Trace } from './trace';
import type { AgentState, CallEvent } from './wire';

export type Phase = 'idle' | 'preparing' | 'connecting' | 'talking' | 'hanging-up' | 'ended';
export type CallerSource = 'microphone' | 'file';

/** Something to tell the person: what happened is looked up by `code`; `detail` is the server's own words. */
export interface Problem {
  code: string;
  detail: string;
}

export const phase = signal<Phase>('idle');
export const agentState = signal<AgentState | null>(null);
export const lines = signal<Line[]>([]);
export const timings = signal<ReadonlyMap<number, Timings>>(new Map());
export const events = signal<readonly CallEvent[]>([]);
export const recording = signal<Recorder | null>(null); // of this call or the last one
export const problems = signal<Problem[]>([]);
export const endCause = signal<string | null>(null);
export const endedCallId = signal<string | null>(null); // of the history, once it is found there
export const ready = signal<SimulatorReady | null>(null); // of this call or the last one
export const startedAt = signal<number | null>(null); // performance.now()
export const lastedMs = signal(0); // of the call that ended
export const callerLevel = signal(0); // RMS
export const playback = signal<PlaybackLevel | null>(null);
export const agentPeak = signal(0); // the loudest RMS heard from the agent in this call
export const callerPeak = signal(0);
export const trace = signal(new Trace());
export const microphones = signal<MediaDeviceInfo[]>([]);
export const source = signal<CallerSource>('microphone');
export const file = signal<{ name: string; bytes: ArrayBuffer } | null>(null);
export const filePlaying = signal(false);
export const previewing = signal(false);

export const busy = computed(() => phase.value !== 'idle' && phase.value !== 'ended');

export function elapsedMs(): number {
  return startedAt.value === null ? lastedMs.value : performance.now() - startedAt.value;
}

/** As before a call. */
export function forgetCall(): void {
  agentState.value = null;
  lines.value = [];
  timings.value = new Map();
  events.value = [];
  problems.value = [];
  endCause.value = null;
  endedCallId.value = null;
  startedAt.value = null;
  lastedMs.value = 0;
  playback.value = null;
  agentPeak.value = 0;
  callerPeak.value = 0;
  trace.value = new Trace();
  recording.value = null;
}
