import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../generated/api';
import { addressOf, socketUrl } from '../src/api';
import type { CallPage } from '../src/history_api';
import { dictionaries } from '../src/i18n/i18n';
import { firstPage, withNewerShown, withOlder, withRefresh, type CallsList } from '../src/pages/historial/calls_list';
import { partyOf } from '../src/pages/historial/party';
import { hrefOf, parseQuery, parseRoute } from '../src/router';

function call(id: number, more: Partial<Call> = {}): Call {
  return {
    id,
    session_id: `s${id}`,
    client_type: 'twilio',
    direction: 'inbound',
    from: '+525512345678',
    to: '+525588880000',
    provider_call_id: '',
    agent: 'Andrea',
    status: 'completed',
    end_cause: '',
    error: '',
    start_time: '2026-11-23T14:32:00.000Z',
    end_time: null,
    duration_ms: null,
    extracted_data: null,
    extraction: null,
    usage: null,
    cost: null,
    recording: null,
    kept_until: null,
    ...more,
  };
}

const page = (ids: number[], cursor: string | null = null): CallPage => ({
  calls: ids.map((id) => call(id)),
  next_cursor: cursor,
  newest: null,
});
const shown = (list: CallsList) => list.calls.map((one) => one.id);
const waiting = (list: CallsList) => list.newer.map((one) => one.id);

test('older calls come after those shown, without repeating any', () => {
  const list = withOlder(firstPage(page([9, 8, 7], 'c')), page([7, 6, 5]));
  assert.deepEqual(shown(list), [9, 8, 7, 6, 5]);
  assert.equal(list.cursor, null);
});

test('newer calls wait, and the rows stay where they are', () => {
  const list = withRefresh(firstPage(page([7, 6, 5], 'c')), page([9, 8, 7], 'd'));
  assert.deepEqual(shown(list), [7, 6, 5]);
  assert.deepEqual(waiting(list), [9, 8]);
  assert.deepEqual(shown(withNewerShown(list)), [9, 8, 7, 6, 5]);
  assert.equal(withNewerShown(list).cursor, 'c');
});

test('a call that was under way gets its end in place', () => {
  const list = firstPage({ calls: [call(7, { status: 'active' }), call(6)], next_cursor: null, newest: null });
  assert.deepEqual(
    withRefresh(list, page([7, 6])).calls.map((one) => one.status),
    ['completed', 'completed'],
  );
});

test('more new calls than a page holds start the list anew, so that none is left out', () => {
  const list = withRefresh(firstPage(page([3, 2, 1])), page([9, 8, 7], 'd'));
  assert.deepEqual(shown(list), [3, 2, 1]);
  const after = withNewerShown(list);
  assert.deepEqual(shown(after), [9, 8, 7]);
  assert.equal(after.cursor, 'd');
});

test('an empty list takes what comes', () => {
  assert.deepEqual(shown(withRefresh(firstPage(page([])), page([1]))), [1]);
});

test('a call is named by the other side’s number', () => {
  const es = dictionaries.es;
  assert.equal(partyOf(call(1), es), '+52 55 1234 5678');
  assert.equal(partyOf(call(1, { direction: 'outbound' }), es), '+52 55 8888 0000');
  assert.equal(partyOf(call(1, { from: '' }), es), es.call.unknownParty);
  assert.equal(partyOf(call(1, { from: '', client_type: 'browser' }), es), es.call.simulatorParty);
});

test('every address leads back to its page', () => {
  for (const route of [
    { page: 'probar' },
    { page: 'historial' },
    { page: 'call', id: 'a/b c' },
    { page: 'call', id: '12' },
  ] as const) {
    assert.deepEqual(parseRoute(hrefOf(route)), route);
  }
  assert.deepEqual(parseRoute(''), { page: 'inicio' });
  for (const to of [
    { page: 'inicio' },
    { page: 'probar' },
    { page: 'envivo', id: '' },
    { page: 'envivo', id: 'a/b' },
    { page: 'ajustes', tab: 'audit' },
  ] as const) {
    const href = hrefOf(to, { status: 'failed', text: 'a&b ?', empty: '' });
    assert.deepEqual(parseRoute(href), to);
    assert.deepEqual([...parseQuery(href)], [['status', 'failed'], ['text', 'a&b ?']]);
  }
  assert.deepEqual(parseRoute('#/otra'), { page: 'inicio' });
  assert.deepEqual(parseRoute('#/historial/%E0%A4%A'), { page: 'call', id: '%E0%A4%A' });
});

test('the socket is on the page’s own host, secure when the page is', () => {
  const address = addressOf('GET /ws/simulator/v2/stream', { query: { client_id: 'a b' } });
  const at = (href: string) => socketUrl(address, new URL(href) as unknown as Location);
  assert.equal(at('http://localhost:8000/dashboard'), 'ws://localhost:8000/ws/simulator/v2/stream?client_id=a+b');
  assert.equal(at('https://panel.example/x'), 'wss://panel.example/ws/simulator/v2/stream?client_id=a+b');
});

test('an address has what it is given in its places, escaped', () => {
  const path = { id: 'a/b c', version: 3 };
  assert.equal(addressOf('GET /agents/{id}/versions/{version}', { path }), '/agents/a%2Fb%20c/versions/3');
  assert.equal(addressOf('GET /calls', { query: { q: 'á&b', limit: 5 } }), '/calls?q=%C3%A1%26b&limit=5');
});
