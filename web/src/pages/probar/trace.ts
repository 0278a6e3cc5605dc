// The sound of both sides over the call, in columns of 50 ms: what the waveforms draw.

import type { AgentState } from './wire';

export const kColumnMs = 50;

export class Trace {
  readonly caller: number[] = []; // RMS 0..1, a column each
  readonly agent: number[] = [];
  readonly states: (AgentState | null)[] = [];
  readonly cuts: boolean[] = []; // where the agent would have gone on, had it not been interrupted
  private state: AgentState | null = null;

  get columns(): number {
    return this.states.length;
  }

  /** Makes the trace reach `atMs`, the present. */
  advance(atMs: number): void {
    const wanted = Math.floor(atMs / kColumnMs) + 1;
    while (this.states.length < wanted) {
      this.caller.push(0);
      this.agent.push(0);
      this.states.push(this.state);
      this.cuts[this.states.length - 1] ??= false;
    }
  }

  add(side: 'caller' | 'agent', rms: number, atMs: number): void {
    this.advance(atMs);
    const column = Math.floor(atMs / kColumnMs);
    this[side][column] = Math.max(this[side][column] ?? 0, rms);
  }

  /** The agent was cut short with `lostMs` of sound yet to be played. */
  cut(atMs: number, lostMs: number): void {
    this.advance(atMs);
    const first = Math.floor(atMs / kColumnMs);
    const last = first + Math.max(3, Math.ceil(lostMs / kColumnMs));
    for (let column = first; column < last; column++) this.cuts[column] = true;
  }

  setState(state: AgentState, atMs: number): void {
    this.state = state;
    this.advance(atMs);
    this.states[this.states.length - 1] = state;
  }
}

/** A height 0..1 for an RMS: decibels from -54 to -6 dBFS, for ears hear ratios. */
export function heightOf(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.max(0, Math.min(1, (decibels + 54) / 48));
}
