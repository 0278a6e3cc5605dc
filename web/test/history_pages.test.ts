import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAlaw } from '../src/audio/alaw';
import { peaksOf } from '../src/audio/wav_reader';
import { exportHref, fieldsOf } from '../src/history_api';
import { dictionaries } from '../src/i18n/i18n';
import type { LiveCall, LiveTurn } from '../generated/api';
import { chosenOf, isChosen, sizeOf, untilNow, withTick } from '../src/pages/historial/chosen';
import { chipsOf, filterOf, isEmpty, spanOf, whenOf, withMembers } from '../src/pages/historial/filters';
import { turnAt } from '../src/pages/historial/player';
import { newestFirst, parseLiveEvent, withElsewhere, withEvent, withTurn, type LiveList } from '../src/pages/envivo/live_list';

const now = new Date(2026, 4, 3, 15, 0); // Sunday, 3 May, in whatever zone the test runs

test('a filter is read from the address, and what is no filter is passed over', () => {
  const filter = filterOf(new URLSearchParams('q=%20cita%20&status=failed&evil=1&agent='));
  assert.deepEqual(filter, { q: 'cita', status: 'failed' });
  assert.ok(isEmpty(filterOf(new URLSearchParams('x=1'))));
  assert.deepEqual(withMembers(filter, { status: '', agent: 'Ventas' }), { q: 'cita', agent: 'Ventas' });
});

test('spans of days are the days of the calendar, and are known again', () => {
  assert.deepEqual(spanOf('yesterday', now), { from: '2026-05-02', to: '2026-05-02' });
  assert.deepEqual(spanOf('week', now), { from: '2026-04-27', to: '' });
  for (const when of ['all', 'today', 'yesterday', 'week', 'month'] as const) {
    assert.equal(whenOf(spanOf(when, now), now), when);
  }
  assert.equal(whenOf({ from: '2026-01-01', to: '2026-02-01' }, now), 'span');
});

test('chips say the filter in words, and name what goes with them', () => {
  const chips = chipsOf({ q: 'cita', from: '2026-05-03', to: '2026-05-03', status: 'failed', intent: 'queja' }, dictionaries.es, now);
  assert.deepEqual(
    chips.map((chip) => [chip.text, chip.names.join()]),
    [
      ['“cita”', 'q'],
      ['Hoy', 'from,to'],
      ['Estado: Fallida', 'status'],
      ['Intención: Queja', 'intent'],
    ],
  );
});

test('dates travel with the viewer’s zone, and an export of chosen calls ignores the filter', () => {
  assert.deepEqual(fieldsOf({ q: 'a b', status: '' }), { q: 'a b' });
  assert.ok(fieldsOf({ from: '2026-05-01' })['tz']);
  const href = new URL(exportHref('csv', { ids: ['3', '9'] }), 'http://x');
  assert.equal(href.searchParams.get('ids'), '3,9');
  assert.equal(href.searchParams.get('q'), null);
  assert.equal(href.searchParams.get('bom'), 'true');
});

function wav(channels: number, samples: number[], rate = 1000): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at: number, word: string) => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + 2 * i, sample, true));
  return view.buffer;
}

test('all that match are bounded by now, but for spans that are over', () => {
  assert.deepEqual(untilNow({ q: 'x' }, now), { q: 'x', to: now.toISOString() });
  assert.deepEqual(untilNow({ to: '2026-05-03' }, now), { to: now.toISOString() }, 'today is not over');
  assert.deepEqual(untilNow({ to: '2026-05-02' }, now), { to: '2026-05-02' });
  assert.deepEqual(untilNow({ to: '2026-05-01T10:00:00Z' }, now), { to: '2026-05-01T10:00:00Z' });
});

test('to untick one of all that match leaves the others that are seen', () => {
  const all = { ids: new Set<string>(), matching: { filter: { q: 'x' }, count: 900, capped: false } };
  assert.equal(sizeOf(all), 900);
  assert.ok(isChosen(all, '7'));
  assert.deepEqual(chosenOf(all), { filter: { q: 'x' } });
  const fewer = withTick(all, '2', false, ['1', '2', '3']);
  assert.deepEqual(chosenOf(fewer), { ids: ['1', '3'] });
  assert.deepEqual(chosenOf(withTick(fewer, '9', true, [])), { ids: ['1', '3', '9'] });
});

test('the peaks of each channel are found where they are', () => {
  const samples = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? (i < 100 ? 16384 : 0) : i < 100 ? 0 : -32768));
  const peaks = peaksOf(wav(2, samples), 4)!;
  assert.equal(peaks.durationMs, 100);
  assert.deepEqual([...peaks.channels[0]!], [0.5, 0.5, 0, 0]);
  assert.deepEqual([...peaks.channels[1]!], [0, 0, 1, 1]);
});

test('what is no WAV of 16-bit PCM has no peaks, and a cut one has those of what there is', () => {
  assert.equal(peaksOf(new ArrayBuffer(4), 4), null);
  assert.equal(peaksOf(new TextEncoder().encode('RIFF0000WAVEdata').buffer, 4), null);
  const cut = wav(1, [1000, 1000, 1000, 1000]).slice(0, 48);
  assert.equal(peaksOf(cut, 2)!.durationMs, 2);
});

test('the turn that sounds is the last one that has begun', () => {
  const starts = [0, 5000, 9000];
  assert.deepEqual([0, 4999, 5000, 60_000].map((at) => turnAt(starts, at)), [0, 0, 1, 2]);
  assert.equal(turnAt([2000], 1000), -1);
});

test('A-law is decoded as G.711 says', () => {
  assert.deepEqual([...decodeAlaw(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a))], [8, -8, 32256, -32256]);
});

const live = (id: string, more: Partial<LiveCall> = {}): LiveCall => ({
  session_id: id, client_type: 'twilio', direction: 'inbound', from: '', to: '', agent: 'A', state: 'listening', state_since: null,
  start_time: '2026-05-01T00:00:00.000Z', last_user: '', last_agent: '', response_ms: null, turns: 0, elsewhere: false, ...more,
});

test('the list of live calls follows the events, and a reset empties it of this instance’s', () => {
  let list: LiveList = new Map();
  const take = (name: string, body: unknown) => {
    const event = parseLiveEvent(name, JSON.stringify(body));
    assert.ok(event, name);
    list = withEvent(list, event);
  };
  take('call', live('a'));
  take('call', live('b', { start_time: '2026-05-01T00:01:00.000Z' }));
  take('state', live('a', { state: 'speaking' }));
  assert.deepEqual(newestFirst(list).map((call) => [call.session_id, call.state]), [['b', 'listening'], ['a', 'speaking']]);
  list = withElsewhere(list, [live('a'), live('far', { elsewhere: true })]);
  assert.equal(list.size, 3);
  take('ended', live('b'));
  take('reset', {});
  assert.deepEqual([...list.keys()], ['far']);
  assert.equal(parseLiveEvent('turn', '{"session_id": "a"}'), null, 'a turn without its words');
  assert.equal(parseLiveEvent('colour', '{"session_id": "a"}'), null);
  assert.equal(parseLiveEvent('call', 'no json'), null);
});

test('a turn that grows stays in its place', () => {
  const turn = (n: number, content: string, partial = false) => ({ turn: n, content, partial }) as LiveTurn;
  let turns = withTurn([], turn(0, 'Hola', true));
  turns = withTurn(turns, turn(1, '¿Bueno?'));
  turns = withTurn(turns, turn(0, 'Hola, buenas'));
  assert.deepEqual(turns.map((one) => one.content), ['Hola, buenas', '¿Bueno?']);
});
