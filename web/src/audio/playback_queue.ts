// What is to be played, in order, and the marks between the sounds. It has no limit of length: a reply may
// be as long as it likes. It knows what has been played, says when a mark has been reached, and drops what
// is queued when the agent is interrupted. All counts are samples at the output's rate.

type Item = { samples: Float32Array; next: number } | { mark: string };

export interface PlaybackSettings {
  /** Samples to collect before a sound begins, against the network's unevenness. */
  cushion: number;
  /** Samples over which a sound that is dropped fades out, so that it does not click. */
  fade: number;
  /** Sound that goes on within this many samples after it ran dry was interrupted by the network. */
  underrunWindow: number;
}

export class PlaybackQueue {
  private items: Item[] = [];
  private queuedSamples = 0;
  private playedSamples = 0;
  private underrunCount = 0;
  private waiting = true; // for the cushion
  private waited = 0; // samples of silence since the first queued sample came
  private dryFor = Infinity; // samples of silence since a sound ran out; Infinity when its end was meant
  private cleared = false; // what is queued is the fade of a sound that was dropped

  constructor(private readonly settings: PlaybackSettings) {}

  /** Samples of sound played since the beginning; silence does not count. */
  get played(): number {
    return this.playedSamples;
  }

  /** Samples of sound not played yet. */
  get queued(): number {
    return this.queuedSamples;
  }

  /** Times that sound ran dry in the middle. */
  get underruns(): number {
    return this.underrunCount;
  }

  push(samples: Float32Array): void {
    if (samples.length === 0) return;
    if (this.queuedSamples === 0) {
      if (this.dryFor < this.settings.underrunWindow) this.underrunCount++;
      this.dryFor = Infinity;
      this.waiting = true;
      this.waited = 0;
    }
    this.cleared = false;
    this.items.push({ samples, next: 0 });
    this.queuedSamples += samples.length;
  }

  mark(name: string): void {
    this.items.push({ mark: name });
    // A mark ends a sound: the silence after it is meant.
    if (this.queuedSamples === 0) this.dryFor = Infinity;
  }

  /** Drops what is queued but a short fade. The answer: the marks that were pending, in order. */
  clear(): string[] {
    const marks: string[] = [];
    const tail = this.waiting ? new Float32Array(0) : this.take(Math.min(this.settings.fade, this.queuedSamples));
    for (const item of this.items) {
      if ('mark' in item) marks.push(item.mark);
    }
    this.items = [];
    this.queuedSamples = 0;
    this.dryFor = Infinity;
    this.cleared = true;
    if (tail.length > 0) {
      for (let i = 0; i < tail.length; i++) tail[i]! *= 1 - (i + 1) / tail.length;
      this.items.push({ samples: tail, next: 0 });
      this.queuedSamples = tail.length;
    }
    return marks;
  }

  /** Fills `output` with sound, then silence. The answer: the marks reached by it, in order. */
  read(output: Float32Array): string[] {
    const marks: string[] = [];
    let at = 0;
    if (this.waiting && this.queuedSamples > 0) {
      if (this.queuedSamples >= this.settings.cushion || this.waited >= this.settings.cushion) {
        this.waiting = false;
      } else {
        this.waited += output.length;
      }
    }
    while (this.items.length > 0) {
      const item = this.items[0]!;
      if ('mark' in item) {
        marks.push(item.mark);
        this.items.shift();
        if (this.queuedSamples === 0) this.dryFor = Infinity;
        continue;
      }
      if (this.waiting || at === output.length) break;
      const count = Math.min(output.length - at, item.samples.length - item.next);
      output.set(item.samples.subarray(item.next, item.next + count), at);
      item.next += count;
      at += count;
      this.queuedSamples -= count;
      this.playedSamples += count;
      if (item.next === item.samples.length) {
        this.items.shift();
        if (this.queuedSamples === 0 && this.items.length === 0 && !this.cleared) this.dryFor = 0;
      }
    }
    output.fill(0, at);
    if (this.queuedSamples === 0) this.dryFor += output.length - at;
    return marks;
  }

  /** The next `count` samples of sound, copied, without taking them out of the count of what is played. */
  private take(count: number): Float32Array {
    const taken = new Float32Array(count);
    let at = 0;
    for (const item of this.items) {
      if ('mark' in item) continue;
      const part = item.samples.subarray(item.next, item.next + count - at);
      taken.set(part, at);
      at += part.length;
      if (at === count) break;
    }
    return taken;
  }
}
