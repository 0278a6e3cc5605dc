// A streaming sample-rate converter: a polyphase FIR low-pass (windowed sinc, Kaiser) at an exact
// rational ratio. The browser picks its own rate (44.1, 48, 96 kHz...); the call speaks 16 kHz.
// Pass band to 0.9 of the lower Nyquist frequency, 70 dB down from that frequency on, so that what is
// above 8 kHz in the microphone's signal does not fold back into speech. Latency: `delayMs`, about 2.7 ms.

const kStopBandDb = 70;
const kPassFraction = 0.9;

export class Resampler {
  readonly inputRate: number;
  readonly outputRate: number;
  /** Delay the filter adds, in milliseconds. */
  readonly delayMs: number;

  private readonly phases: number; // L: outputs per cycle
  private readonly step: number; // M: inputs per cycle
  private readonly taps: number; // of each phase
  private readonly filter: Float32Array; // phases x taps, each phase with its newest sample's tap first
  private history: Float32Array; // the last taps-1 inputs
  private phase = 0;
  private skip = 0; // inputs still to pass before the next output

  constructor(inputRate: number, outputRate: number) {
    if (!Number.isInteger(inputRate) || !Number.isInteger(outputRate) || inputRate < 1 || outputRate < 1) {
      throw new RangeError(`rates must be positive whole numbers, got ${inputRate} and ${outputRate}`);
    }
    this.inputRate = inputRate;
    this.outputRate = outputRate;
    const divisor = greatestCommonDivisor(inputRate, outputRate);
    this.phases = outputRate / divisor;
    this.step = inputRate / divisor;
    const design = designLowPass(inputRate, outputRate, this.phases);
    this.taps = design.taps;
    this.filter = design.filter;
    this.delayMs = inputRate === outputRate ? 0 : (design.taps / 2 / inputRate) * 1000;
    this.history = new Float32Array(Math.max(0, this.taps - 1));
  }

  /** The samples that `input` completes; what it begins comes with the next call. */
  process(input: Float32Array): Float32Array {
    if (this.inputRate === this.outputRate) return input.slice();
    const past = this.history.length;
    const signal = new Float32Array(past + input.length);
    signal.set(this.history);
    signal.set(input, past);

    const output = new Float32Array(Math.ceil((input.length * this.phases) / this.step) + 1);
    let written = 0;
    let at = this.skip;
    let phase = this.phase;
    const { taps, filter, phases, step } = this;
    while (at < input.length) {
      const newest = past + at;
      const base = phase * taps;
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += filter[base + k]! * signal[newest - k]!;
      output[written++] = sum;
      phase += step;
      at += Math.floor(phase / phases);
      phase %= phases;
    }
    this.phase = phase;
    this.skip = at - input.length;
    this.history = signal.slice(signal.length - past);
    return output.subarray(0, written);
  }

  /** Forgets the samples before: what follows belongs to another sound. */
  reset(): void {
    this.history.fill(0);
    this.phase = 0;
    this.skip = 0;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

function designLowPass(
  inputRate: number,
  outputRate: number,
  phases: number,
): { taps: number; filter: Float32Array } {
  const nyquist = Math.min(inputRate, outputRate) / 2;
  const cutOff = (nyquist * (1 + kPassFraction)) / 2; // Hz, the middle of the transition
  const transition = nyquist * (1 - kPassFraction); // Hz
  // Kaiser's formulas for a stop band of A dB.
  const beta = 0.1102 * (kStopBandDb - 8.7);
  const atInput = Math.ceil((kStopBandDb - 8) / (2.285 * 2 * Math.PI * (transition / inputRate)));
  const taps = atInput + 1;
  const length = taps * phases;
  const middle = (length - 1) / 2;
  const cutOffOfPrototype = cutOff / (inputRate * phases); // cycles per sample
  const filter = new Float32Array(length);
  const scale = besselI0(beta);
  for (let n = 0; n < length; n++) {
    const x = n - middle;
    const sinc = x === 0 ? 1 : Math.sin(2 * Math.PI * cutOffOfPrototype * x) / (2 * Math.PI * cutOffOfPrototype * x);
    const window = besselI0(beta * Math.sqrt(Math.max(0, 1 - (x / middle) ** 2))) / scale;
    // Tap n of the prototype is tap floor(n / phases) of phase n % phases.
    filter[(n % phases) * taps + Math.floor(n / phases)] = sinc * window;
  }
  // Every phase passes a constant unchanged: no ripple at the cycle's rate.
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += filter[phase * taps + k]!;
    for (let k = 0; k < taps; k++) filter[phase * taps + k]! /= sum;
  }
  return { taps, filter };
}

/** Modified Bessel function of the first kind, order 0. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 50; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
    if (term < sum * 1e-12) break;
  }
  return sum;
}
