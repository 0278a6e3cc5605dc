import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resampler } from '../src/audio/resampler';

function tone(hz: number, rate: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate));
}

/** The amplitude of `hz` in `signal`, its first and last tenths left out. */
function amplitude(signal: Float32Array, hz: number, rate: number): number {
  let re = 0;
  let im = 0;
  const from = Math.floor(signal.length * 0.1);
  const to = Math.floor(signal.length * 0.9);
  for (let i = from; i < to; i++) {
    re += signal[i]! * Math.cos((2 * Math.PI * hz * i) / rate);
    im += signal[i]! * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  return (2 * Math.hypot(re, im)) / (to - from);
}

function rms(signal: Float32Array): number {
  const middle = signal.subarray(Math.floor(signal.length * 0.1), Math.floor(signal.length * 0.9));
  return Math.sqrt(middle.reduce((sum, x) => sum + x * x, 0) / middle.length);
}

function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

for (const rate of [48000, 44100, 96000, 22050]) {
  test(`a 1 kHz tone passes from ${rate} Hz to 16 kHz unchanged`, () => {
    const out = new Resampler(rate, 16000).process(tone(1000, rate, rate));
    assert.ok(Math.abs(decibels(amplitude(out, 1000, 16000) / 0.5)) < 0.05);
  });
}

test('speech up to 7 kHz passes from 48 kHz within half a decibel', () => {
  const out = new Resampler(48000, 16000).process(tone(7000, 48000, 48000));
  assert.ok(Math.abs(decibels(amplitude(out, 7000, 16000) / 0.5)) < 0.5);
});

for (const hz of [8200, 9000, 12000, 15000, 20000]) {
  test(`a ${hz} Hz tone does not fold back into what is sent at 16 kHz`, () => {
    const out = new Resampler(48000, 16000).process(tone(hz, 48000, 48000));
    assert.ok(decibels(rms(out) / 0.5) < -60, `${decibels(rms(out) / 0.5)} dB`);
  });
}

test('the agent at 48 kHz has no image of its 16 kHz spectrum', () => {
  const out = new Resampler(16000, 48000).process(tone(3000, 16000, 16000));
  assert.ok(Math.abs(decibels(amplitude(out, 3000, 48000) / 0.5)) < 0.05);
  assert.ok(decibels(amplitude(out, 13000, 48000) / 0.5) < -60);
  assert.ok(decibels(amplitude(out, 19000, 48000) / 0.5) < -60);
});

test('blocks of any size give the samples that one block gives', () => {
  const signal = tone(440, 44100, 44100);
  const whole = new Resampler(44100, 16000).process(signal);
  const resampler = new Resampler(44100, 16000);
  const parts: number[] = [];
  for (let at = 0, size = 1; at < signal.length; at += size, size = (size * 7 + 3) % 501 || 1) {
    parts.push(...resampler.process(signal.subarray(at, at + size)));
  }
  assert.equal(parts.length, whole.length);
  assert.ok(whole.every((sample, i) => Math.abs(sample - parts[i]!) < 1e-6));
});

test('a minute of audio keeps its length to the sample', () => {
  const resampler = new Resampler(44100, 16000);
  const block = new Float32Array(44100 * 6);
  let total = 0;
  for (let i = 0; i < 10; i++) total += resampler.process(block).length;
  assert.equal(total, 16000 * 60);
});

test('the same rate on both sides leaves the samples alone', () => {
  const signal = tone(100, 16000, 320);
  assert.deepEqual(new Resampler(16000, 16000).process(signal), signal);
});

test('the filter delays speech by less than 6 ms', () => {
  for (const rate of [44100, 48000, 96000]) {
    const { delayMs } = new Resampler(rate, 16000);
    assert.ok(delayMs > 0 && delayMs < 6, `${delayMs} ms at ${rate} Hz`);
  }
});

test('after a reset nothing of the sound before is left', () => {
  const resampler = new Resampler(48000, 16000);
  resampler.process(tone(1000, 48000, 4800));
  resampler.reset();
  assert.ok(resampler.process(new Float32Array(960)).every((sample) => sample === 0));
});

test('a rate that is not a positive whole number is refused', () => {
  assert.throws(() => new Resampler(0, 16000), RangeError);
  assert.throws(() => new Resampler(44100.5, 16000), RangeError);
});
