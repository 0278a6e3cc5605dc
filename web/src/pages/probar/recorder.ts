// Both sides of a call as they were: the caller as sent, the agent as it came out of the loudspeaker, each put
// where the audio clock says it belongs.

import { floatToPcm16 } from '../../audio/pcm';
import { Resampler } from '../../audio/resampler';
import { wavFile } from '../../audio/wav';

/** Nearer than this a sound follows the one before; further, there was silence between. */
const kToleranceSeconds = 0.1;

class Track {
  private parts: Int16Array[] = [];
  private length = 0;

  constructor(private readonly rate: number) {}

  add(samples: Int16Array, atSeconds: number): void {
    const gap = Math.round(atSeconds * this.rate) - this.length;
    if (gap > kToleranceSeconds * this.rate) this.push(new Int16Array(gap));
    this.push(samples);
  }

  whole(): Int16Array {
    const all = new Int16Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  private push(samples: Int16Array): void {
    this.parts.push(samples);
    this.length += samples.length;
  }
}

export class Recorder {
  private readonly caller: Track;
  private readonly agent: Track;
  private readonly resampler: Resampler;
  private over = false;

  /** `rate`: of the call and the file; `playedRate`: of what comes out of the loudspeaker; `start`: audio clock. */
  constructor(
    private readonly rate: number,
    playedRate: number,
    private readonly start: number,
  ) {
    this.caller = new Track(rate);
    this.agent = new Track(rate);
    this.resampler = new Resampler(playedRate, rate);
  }

  addCaller(frame: Int16Array, at: number): void {
    if (!this.over) this.caller.add(frame, at - this.start);
  }

  addAgent(samples: Float32Array, at: number): void {
    if (!this.over) this.agent.add(floatToPcm16(this.resampler.process(samples)), at - this.start);
  }

  finish(): void {
    this.over = true;
  }

  /** Left the caller, right the agent. */
  wav(): Uint8Array<ArrayBuffer> {
    return wavFile([this.caller.whole(), this.agent.whole()], this.rate);
  }
}
