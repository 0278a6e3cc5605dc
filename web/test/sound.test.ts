import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMulaw, encodeMulaw } from '../src/audio/mulaw';
import { wavFile } from '../src/audio/wav';
import { Recorder } from '../src/pages/probar/recorder';
import { soundOf } from '../src/pages/probar/sounds';

test('mu-law is G.711’s: the values of its table, and silence', () => {
  assert.deepEqual([...encodeMulaw(Int16Array.of(0, 32767, -32768, 1000, -1000))], [0xff, 0x80, 0x00, 0xce, 0x4e]);
  assert.deepEqual([...decodeMulaw(Uint8Array.of(0xff, 0x7f, 0x80, 0x00))], [0, 0, 32124, -32124]);
});

test('every mu-law code but the second zero survives being decoded and encoded', () => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
  const again = encodeMulaw(decodeMulaw(codes));
  for (const code of codes) assert.equal(again[code], code === 0x7f ? 0xff : code);
});

test('speech loses no more than 2 % of its level by mu-law', () => {
  const wave = Int16Array.from({ length: 800 }, (_, n) => Math.round(12000 * Math.sin(n / 7)));
  decodeMulaw(encodeMulaw(wave)).forEach((sample, n) => assert.ok(Math.abs(sample - wave[n]!) <= 400, `${n}`));
});

test('a WAV file of two channels is as long as the longer one', () => {
  const file = wavFile([Int16Array.of(1, 2, 3), Int16Array.of(-1)], 8000);
  const view = new DataView(file.buffer);
  assert.equal(file.length, 44 + 12);
  assert.equal(view.getUint16(22, true), 2);
  assert.equal(view.getUint32(24, true), 8000);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((i) => view.getInt16(44 + 2 * i, true)), [1, -1, 2, 0, 3, 0]);
});

test('a recording puts each side where the clock says it was', () => {
  const recorder = new Recorder(8000, 8000, 10);
  recorder.addCaller(new Int16Array(160).fill(7), 10);
  recorder.addCaller(new Int16Array(160).fill(8), 10.02);
  recorder.addAgent(new Float32Array(80).fill(0.5), 11); // a second of silence before it
  recorder.finish();
  recorder.addCaller(new Int16Array(9999), 12); // the call is over
  const view = new DataView(recorder.wav().buffer);
  const at = (frame: number, channel: number) => view.getInt16(44 + frame * 4 + channel * 2, true);
  assert.equal(view.byteLength, 44 + 8080 * 4);
  assert.deepEqual([at(0, 0), at(159, 0), at(160, 0), at(320, 0)], [7, 7, 8, 0]);
  assert.deepEqual([at(0, 1), at(7999, 1), at(8000, 1), at(8079, 1)], [0, 0, 16384, 16384]);
});

test('a telephone’s profile sounds like one, unless something else was chosen', () => {
  assert.equal(soundOf('auto', 'browser'), 'wide');
  assert.equal(soundOf('auto', 'twilio'), 'telephone');
  assert.equal(soundOf('wide', 'telnyx'), 'wide');
});
