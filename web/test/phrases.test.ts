import assert from 'node:assert/strict';
import { test } from 'node:test';
import { someOf } from '../src/pages/probar/phrases';

test('a short list of phrases is shown whole', () => {
  assert.deepEqual(someOf(['a', 'b'], 3), ['a', 'b']);
});

test('of a long list as many as asked for are shown, from all over it and none twice', () => {
  const all = Array.from({ length: 101 }, (_, i) => `phrase ${i}`);
  const some = someOf(all, 8);
  assert.equal(new Set(some).size, 8);
  assert.equal(some[0], 'phrase 0');
  assert.ok(all.indexOf(some[7]!) > 80);
});
