import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, checkDraft, placeMistakes, readNumber, readObjects, unknownVariables } from '../src/pages/agentes/check';
import {
  changesOf,
  draftOf,
  languagesApart,
  overridesOf,
  resolve,
  same,
  withChanges,
  withValue,
  writeOf,
  type Draft,
} from '../src/pages/agentes/draft';
import { groupsOf, readSchema } from '../src/pages/agentes/schema';
import { changesOfVersion } from '../src/pages/agentes/version_changes';
import { hrefOf, parseRoute } from '../src/router';

const both = (text: string) => ({ es: text, en: text });
const raw = (tab: string, order: number, more: object) => ({
  'x-title': both('t'),
  'x-help': both('h'),
  'x-tab': tab,
  'x-order': order,
  'x-per-profile': true,
  ...more,
});
const form = readSchema({
  'x-tabs': [
    { id: 'model', title: both('Modelo') },
    { id: 'campaigns', title: both('Campañas') },
    { id: 'voice', title: both('Voz') },
  ],
  $defs: {
    settings: {
      properties: {
        voice_language: raw('voice', 3, { type: ['string', 'null'], maxLength: 35, default: 'es-MX' }),
        stt_language: raw('voice', 4, { type: ['string', 'null'], maxLength: 35, default: 'es-MX' }),
        temperature: raw('model', 1, { type: ['number', 'null'], minimum: 0, maximum: 2, default: 0.7 }),
        instructions: raw('model', 0, { type: ['string', 'null'], maxLength: 5, default: '', 'x-group': both('P') }),
        turns: raw('model', 2, { type: ['integer', 'null'], minimum: 2, maximum: 9, default: 4, 'x-group': both('P') }),
        words: raw('voice', 5, { type: ['array', 'null'], maxItems: 2, items: { maxLength: 3 }, default: [] }),
        vars: raw('voice', 6, { type: ['object', 'null'], maxProperties: 2, additionalProperties: {}, default: {} }),
      },
    },
  },
});
const field = (name: string) => form.fields.get(name)!;
const empty: Draft = { name: 'A', shared: {}, profiles: { browser: {}, twilio: {}, telnyx: {} } };

test('the form has the tabs that have fields, in the schema\'s order, under their headings', () => {
  assert.deepEqual(
    form.tabs.map((tab) => [tab.id, tab.fields.map((one) => one.name)]),
    [
      ['model', ['instructions', 'temperature', 'turns']],
      ['voice', ['voice_language', 'stt_language', 'words', 'vars']],
    ],
  );
  assert.deepEqual(
    groupsOf(form.tabs[0]!.fields).map((group) => [group.title?.es ?? null, group.fields.length]),
    [
      ['P', 2],
      [null, 1],
    ],
  );
});

test('a type the form does not know is said, not left out', () => {
  assert.throws(
    () => readSchema({ 'x-tabs': [], $defs: { settings: { properties: { a: raw('m', 0, { type: ['date'] }) } } } }),
    /cannot show a/,
  );
});

test('a profile has its own value, else the shared one, else the default', () => {
  assert.deepEqual(resolve(empty, 'twilio', field('temperature')), { value: 0.7, source: 'default' });
  const shared = withValue(empty, 'shared', 'temperature', 0.4);
  assert.deepEqual(resolve(shared, 'twilio', field('temperature')), { value: 0.4, source: 'shared' });
  const own = withValue(shared, 'twilio', 'temperature', 1);
  assert.deepEqual(resolve(own, 'twilio', field('temperature')), { value: 1, source: 'own' });
  assert.deepEqual(resolve(own, 'telnyx', field('temperature')), { value: 0.4, source: 'shared' });
  assert.equal(overridesOf(own, 'twilio', form.fields.values()), 1);
  assert.equal(overridesOf(own, 'shared', form.fields.values()), 0);
});

test('back to shared takes the override away', () => {
  const own = withValue(empty, 'twilio', 'temperature', 1);
  assert.deepEqual(withValue(own, 'twilio', 'temperature', undefined), empty);
});

test('an override that says the same as what is shared is one all the same', () => {
  const shared = withValue(empty, 'shared', 'temperature', 1);
  assert.equal(resolve(withValue(shared, 'twilio', 'temperature', 1), 'twilio', field('temperature')).source, 'own');
});

test('only what differs is written, and null takes a setting away', () => {
  const base = withValue(withValue(empty, 'shared', 'temperature', 1), 'telnyx', 'turns', 3);
  let draft: Draft = { ...base, name: 'B' };
  draft = withValue(draft, 'shared', 'temperature', undefined);
  draft = withValue(draft, 'telnyx', 'turns', undefined);
  draft = withValue(draft, 'twilio', 'words', ['a']);
  assert.deepEqual(writeOf(changesOf(base, draft, form)), {
    name: 'B',
    shared: { temperature: null },
    profiles: { telnyx: { turns: null }, twilio: { words: ['a'] } },
  });
  assert.deepEqual(writeOf(changesOf(base, base, form)), {});
});

test('what is changed back is no change', () => {
  const base = withValue(empty, 'shared', 'vars', { a: '1', b: '2' });
  const draft = withValue(withValue(base, 'shared', 'vars', { a: '1' }), 'shared', 'vars', { b: '2', a: '1' });
  assert.deepEqual(changesOf(base, draft, form), []);
});

test('my changes go on top of what somebody else has stored', () => {
  const mine = changesOf(empty, withValue(empty, 'twilio', 'turns', 5), form);
  const theirs = withValue({ ...empty, name: 'Theirs' }, 'shared', 'temperature', 0.1);
  assert.deepEqual(withChanges(theirs, mine), withValue(theirs, 'twilio', 'turns', 5));
});

test('a list of objects is read from JSON, and what is none stays as it was typed', () => {
  assert.deepEqual(readObjects('[{"name": "a"}]'), [{ name: 'a' }]);
  assert.deepEqual(readObjects('  '), []);
  for (const text of ['[{"name": ', '{"name": "a"}', '["a"]', '[null]']) assert.equal(readObjects(text), text);
});

test('lists differ by their order, maps do not', () => {
  assert.equal(same(['a', 'b'], ['b', 'a']), false);
  assert.equal(same({ a: '1', b: '2' }, { b: '2', a: '1' }), true);
  assert.equal(same({ a: '1' }, { b: '1' }), false);
  assert.equal(same([], {}), false);
});

test('a draft keeps none of the agent that is no setting', () => {
  const agent = { ...empty, id: 1, version: 1, default: true, numbers: [], created_at: '', updated_at: '', deleted_at: null };
  assert.deepEqual(draftOf(agent), empty);
});

test('numbers are read with a point or a comma, and what is none is kept as it is typed', () => {
  assert.equal(readNumber(' 0,4 '), 0.4);
  assert.equal(readNumber('-45'), -45);
  assert.equal(readNumber('.5'), 0.5);
  assert.equal(readNumber('1.'), 1);
  for (const text of ['', '-', '1e3', '0x10', '1 000', 'Infinity', '1,2,3']) assert.equal(readNumber(text), text);
});

test('a value is checked by its field\'s rules', () => {
  assert.equal(check(field('temperature'), 2), null);
  assert.deepEqual(check(field('temperature'), 2.1), { code: 'out-of-range', low: 0, high: 2 });
  assert.deepEqual(check(field('temperature'), 'x'), { code: 'not-a-number' });
  assert.deepEqual(check(field('turns'), 2.5), { code: 'not-whole' });
  assert.equal(check(field('instructions'), 'áéíó😀'), null);
  assert.equal(check(field('instructions'), 'abcdef')?.code, 'too-long');
  assert.equal(check(field('words'), ['a', 'b', 'c'])?.code, 'too-many');
  assert.equal(check(field('words'), ['abcd'])?.code, 'item-too-long');
  assert.equal(check(field('vars'), { a: '1', b: '2', c: '3' })?.code, 'too-many');
});

test('a draft\'s mistakes are found in every profile, with their places', () => {
  const draft = withValue({ ...withValue(empty, 'shared', 'turns', 99), name: ' ' }, 'twilio', 'temperature', 'x');
  assert.deepEqual([...checkDraft(draft, form).keys()], ['name', 'shared/turns', 'twilio/temperature']);
});

test('the server\'s mistakes find their fields, and those without one are kept', () => {
  const mistake = (path: string) => ({ path, code: 'c', message: `m ${path}` });
  const { wrongs, others } = placeMistakes(
    ['/shared/turns', '/profiles/twilio/words/1', '/profiles/twilio/words/2', '/name', '/color'].map(mistake),
  );
  assert.deepEqual(
    [...wrongs],
    [
      ['shared/turns', 'm /shared/turns'],
      ['twilio/words', '#2: m /profiles/twilio/words/1'],
      ['name', 'm /name'],
    ],
  );
  assert.deepEqual(others, ['/color: m /color']);
});

test('variables that nobody sets are named once', () => {
  const text = 'Hola {{nombre}}, {{ date }}, {{deuda}} y {{nombre}}; {{saldo}} {no}';
  assert.deepEqual(unknownVariables(text, { saldo: '1' }), ['nombre', 'deuda']);
  assert.deepEqual(unknownVariables('{{constructor}}', {}), ['constructor']);
});

test('languages are apart when they are other languages, not other regions', () => {
  assert.equal(languagesApart(empty, 'shared', form), null);
  assert.equal(languagesApart(withValue(empty, 'shared', 'voice_language', 'es-ES'), 'shared', form), null);
  const english = withValue(empty, 'twilio', 'voice_language', 'en-US');
  assert.deepEqual(languagesApart(english, 'twilio', form), { voice: 'en-US', ear: 'es-MX' });
  assert.equal(languagesApart(english, 'shared', form), null);
});

test('a version\'s changes are read from their places', () => {
  const version = { ...empty, version: 2, author: 'x', action: 'updated', created_at: '' };
  assert.deepEqual(
    changesOfVersion({
      ...version,
      changes: [
        { path: '/shared/turns', from: null, to: 5 },
        { path: '/profiles/twilio/temperature', from: 1, to: null },
      ],
    }),
    [
      { scope: 'shared', field: 'turns', from: undefined, to: 5 },
      { scope: 'twilio', field: 'temperature', from: 1, to: undefined },
    ],
  );
  assert.deepEqual(changesOfVersion(version), []);
});

test('an agent, its part and its profile are in the address', () => {
  const all = [
    ['#/agentes', { page: 'agentes' }],
    ['#/agentes/7', { page: 'agent', id: '7', tab: '', profile: '' }],
    ['#/agentes/7/voice', { page: 'agent', id: '7', tab: 'voice', profile: '' }],
    ['#/agentes/7/voice/twilio', { page: 'agent', id: '7', tab: 'voice', profile: 'twilio' }],
  ] as const;
  for (const [href, route] of all) {
    assert.equal(hrefOf(route), href);
    assert.deepEqual(parseRoute(href), route);
  }
});
