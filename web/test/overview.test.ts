import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanOf } from '../src/pages/inicio/period';
import { labelHeights, linePath, roundTop, trend } from '../src/pages/inicio/scale';

test('an axis ends at a round number, and never below its least', () => {
  assert.deepEqual([0, 4, 5, 11, 26, 51, 900].map((value) => roundTop(value, 4)), [5, 5, 5, 20, 50, 100, 1000]);
  assert.equal(roundTop(1830, 1000), 2000);
});

test('a line is broken where there is nothing, and a lone point is a dash', () => {
  const x = (index: number) => index * 10;
  const y = (value: number) => value;
  assert.equal(linePath([1, 2, null, 3, null], x, y), 'M0.0,1.0L10.0,2.0M27.0,3.0L33.0,3.0');
  assert.equal(linePath([null, null], x, y), '');
});

test('labels do not lie on top of each other', () => {
  assert.deepEqual(labelHeights([10, 60]), [10, 60]);
  assert.deepEqual(labelHeights([50, 55]), [50, 64]);
});

test('a trend is a share of what was before, where there was something', () => {
  assert.equal(trend(15, 10), 0.5);
  assert.equal(trend(5, 10), -0.5);
  assert.equal(trend(5, 0), null);
  assert.equal(trend(null, 5), null);
});

test('periods are whole days of the viewer’s clock', () => {
  const now = new Date(2026, 2, 5, 14, 30);
  const day = spanOf('today', now);
  assert.deepEqual([day.from, day.to, day.bucket], [new Date(2026, 2, 5), new Date(2026, 2, 6), 'hour']);
  const week = spanOf('7d', now);
  assert.deepEqual([week.from, week.to, week.bucket], [new Date(2026, 1, 27), new Date(2026, 2, 6), 'day']);
});
