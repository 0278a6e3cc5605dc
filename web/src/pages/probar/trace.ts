// The sound of both sides over the call, in columns of 50 ms: what the waveforms draw.

import type { AgentState } from './wire';

export const kColumnMs = 50;

export class Trace {
  readonly caller: number[] = []; // RMS 0..1, a column each
  readonly agent: number[] = [];
  readonly states: (AgentState | null)[] = [];
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
    }
  }

  add(side: 'caller' | 'agent', rms: number, atMs: number): void {
    this.advance(atMs);
    const column = Math.floor(atMs / kColumnMs);
    this[side][column] = Math.max(this[side][column] ?? 0, rms);
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
