// Cuts a stream of samples of any block size into frames of one size.

export class Framer {
  private readonly frame: Float32Array;
  private filled = 0;

  constructor(readonly size: number) {
    this.frame = new Float32Array(size);
  }

  /** Calls `emit` with each frame that `samples` completes; the array is reused after it returns. */
  push(samples: Float32Array, emit: (frame: Float32Array) => void): void {
    let at = 0;
    while (at < samples.length) {
      const count = Math.min(this.size - this.filled, samples.length - at);
      this.frame.set(samples.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
      if (this.filled === this.size) {
        this.filled = 0;
        emit(this.frame);
      }
    }
  }
}
