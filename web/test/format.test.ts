import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, exactTime, inDays, milliseconds, phone, seconds, timeInWords } from '../src/format';

const kWords = { today: 'hoy', yesterday: 'ayer' };
const local = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();
const now = new Date(2026, 10, 23, 15, 0);

test('today and yesterday are said in words, by the viewer’s calendar', () => {
  assert.equal(timeInWords(local(2026, 10, 23, 14, 32), 'es-MX', kWords, now), 'hoy 14:32');
  assert.equal(timeInWords(local(2026, 10, 23, 0, 0), 'es-MX', kWords, now), 'hoy 00:00');
  assert.equal(timeInWords(local(2026, 10, 22, 23, 59), 'es-MX', kWords, now), 'ayer 23:59');
});

test('older times have their day, and their year when it is another', () => {
  assert.match(timeInWords(local(2026, 10, 2, 9, 5), 'es-MX', kWords, now), /^2.nov.? 09:05$/);
  assert.match(timeInWords(local(2025, 10, 2, 9, 5), 'es-MX', kWords, now), /2025 09:05$/);
});

test('a day to come is said as far away as it is by the calendar', () => {
  assert.equal(inDays(local(2026, 10, 23, 23, 0), 'es-MX', now), 'hoy');
  assert.equal(inDays(local(2026, 10, 24, 0, 30), 'es-MX', now), 'mañana');
  assert.equal(inDays(local(2026, 10, 28, 8, 0), 'en-US', now), 'in 5 days');
  assert.equal(inDays(local(2026, 10, 20, 8, 0), 'es-MX', now), 'hoy', 'what is overdue goes today');
});

test('a time that cannot be read is shown as it came', () => {
  assert.equal(timeInWords('mañana', 'es-MX', kWords, now), 'mañana');
  assert.equal(exactTime('mañana', 'es-MX'), 'mañana');
});

test('the exact time has its milliseconds', () => {
  assert.match(exactTime(new Date(2026, 10, 23, 14, 32, 5, 42).toISOString(), 'en-US'), /14:32:05\.042/);
});

test('durations are minutes and seconds, with hours when there are any', () => {
  assert.equal(duration(0), '0:00');
  assert.equal(duration(7_999), '0:07');
  assert.equal(duration(754_000), '12:34');
  assert.equal(duration(3_723_000), '1:02:03');
  assert.equal(duration(-5), '0:00');
});

test('response times have two decimals', () => {
  assert.equal(seconds(620, 'en-US'), '0.62 s');
  assert.equal(milliseconds(1234.4, 'en-US'), '1,234 ms');
});

test('telephone numbers are grouped, and what is no number stays', () => {
  assert.equal(phone('+525512345678'), '+52 55 1234 5678');
  assert.equal(phone('+522221234567'), '+52 222 123 4567');
  assert.equal(phone('+15125550142'), '+1 512 555 0142');
  assert.equal(phone('+442071838750'), '+442071838750');
  assert.equal(phone('anonymous'), 'anonymous');
});
