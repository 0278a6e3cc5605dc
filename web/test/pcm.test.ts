import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Framer } from '../src/audio/framer';
import { decodeBase64, encodeBase64, floatToPcm16, pcm16ToFloat, rootMeanSquare } from '../src/audio/pcm';

test('samples travel as base64 of little-endian 16-bit numbers', () => {
  assert.equal(encodeBase64(Int16Array.of(1, -2, 256)), Buffer.from([1, 0, 0xfe, 0xff, 0, 1]).toString('base64'));
});

test('every sample value survives the way out and back', () => {
  const all = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
  assert.deepEqual(decodeBase64(encodeBase64(all)), all);
});

test('half a sample at the end is left out, and what is not base64 throws', () => {
  assert.deepEqual(decodeBase64(Buffer.from([1, 0, 7]).toString('base64')), Int16Array.of(1));
  assert.throws(() => decodeBase64('%%%'));
});

test('loud samples are clipped, not wrapped around', () => {
  assert.deepEqual(floatToPcm16(Float32Array.of(0, 1, -1, 2, -2)), Int16Array.of(0, 32767, -32767, 32767, -32767));
});

test('16-bit numbers become samples in -1..1', () => {
  assert.deepEqual(pcm16ToFloat(Int16Array.of(0, 16384, -32768)), Float32Array.of(0, 0.5, -1));
});

test('the level is the root mean square', () => {
  assert.equal(rootMeanSquare(Float32Array.of(0.5, -0.5, 0.5)), 0.5);
  assert.equal(rootMeanSquare(new Float32Array(0)), 0);
});

test('a framer gives frames of its size whatever the blocks', () => {
  const framer = new Framer(320);
  const frames: number[][] = [];
  let next = 0;
  for (const size of [128, 1, 500, 11, 320]) {
    framer.push(Float32Array.from({ length: size }, () => next++), (frame) => frames.push([...frame]));
  }
  assert.deepEqual(frames.map((frame) => frame.length), [320, 320, 320]);
  assert.deepEqual(frames.flat(), Array.from({ length: 960 }, (_, i) => i));
});
