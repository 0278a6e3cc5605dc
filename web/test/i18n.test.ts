import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dictionaries, lookUp } from '../src/i18n/i18n';

// That no key is missing is the compiler's business; that no value was forgotten is this file's.

function entries(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String((value as (n: number) => string)(2))]];
  return Object.entries(value as object).flatMap(([key, child]) => entries(child, path ? `${path}.${key}` : key));
}

const es = new Map(entries(dictionaries.es));
const en = new Map(entries(dictionaries.en));

test('both languages have the same words, none of them empty', () => {
  assert.deepEqual([...en.keys()].sort(), [...es.keys()].sort());
  for (const [key, value] of [...es, ...en]) assert.notEqual(value.trim(), '', key);
});

test('sentences are translated, not copied', () => {
  const copied = [...es].filter(([key, value]) => value.includes(' ') && en.get(key) === value);
  assert.deepEqual(
    copied.map(([key]) => key),
    [],
  );
});

test('every problem has its advice, and every advice its problem', () => {
  const { problems, problemAdvice, causes, causeAdvice } = dictionaries.es;
  assert.deepEqual(Object.keys(problemAdvice).sort(), Object.keys(problems).sort());
  for (const cause of Object.keys(causeAdvice)) assert.ok(cause in causes, cause);
});

test('one call and several are said differently', () => {
  for (const words of Object.values(dictionaries)) {
    assert.match(words.historial.news(1), /^1 /);
    assert.notEqual(words.historial.news(1).slice(1), words.historial.news(2).slice(1));
  }
});

test('a word the page does not know is shown as it came', () => {
  assert.equal(lookUp(dictionaries.es.causes, 'idle'), dictionaries.es.causes.idle);
  assert.equal(lookUp(dictionaries.es.causes, 'sunspots'), 'sunspots');
  assert.equal(lookUp(dictionaries.es.causes, 'constructor'), 'constructor');
});
