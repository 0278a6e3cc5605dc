import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languagesOf, modelsFor, stylesOf, voicesFor } from '../src/pages/agentes/offers';
import { argumentsOf, kNewTool, withArguments, withMember, type Argument } from '../src/pages/agentes/tool_value';

const voice = (name: string, display: string, styles: string[] = []) => ({
  name,
  display,
  language: name.slice(0, 5),
  gender: 'female' as const,
  styles,
});
const all = [
  voice('en-US-JennyNeural', 'Jenny', ['cheerful']),
  voice('es-ES-AbrilNeural', 'Abril'),
  voice('es-MX-DaliaNeural', 'Dalia', ['cheerful', 'sad']),
  voice('es-CO-SalomeNeural', 'Salomé'),
];

test('voices of the agent’s language come first, then of the same language elsewhere', () => {
  assert.deepEqual(
    voicesFor(all, 'es-MX', '').map((one) => one.display),
    ['Dalia', 'Salomé', 'Abril', 'Jenny'],
  );
});

test('voices are found by name without accents, by language and by style', () => {
  const found = (search: string) => voicesFor(all, 'es-MX', search).map((one) => one.display);
  assert.deepEqual(found('salome'), ['Salomé']);
  assert.deepEqual(found('cheerful'), ['Dalia', 'Jenny']);
  assert.deepEqual(found('en-us cheer'), ['Jenny']);
  assert.deepEqual(found('nadie'), []);
});

test('languages and styles are those of the voices', () => {
  assert.deepEqual(
    languagesOf(all, 'es-MX').map((one) => one.value),
    ['en-US', 'es-CO', 'es-ES', 'es-MX'],
  );
  assert.match(languagesOf(all, 'es-MX')[3]!.label, /México/);
  assert.deepEqual(
    stylesOf(all, 'es-MX-DaliaNeural').map((one) => one.value),
    ['cheerful', 'sad'],
  );
  assert.deepEqual(stylesOf(all, 'unheard-of'), []);
});

test('models are offered where they are of use', () => {
  const models = [
    { id: 'whisper-large-v3', kind: 'speech' as const, context_window: 448 },
    { id: 'gpt', kind: 'chat' as const, context_window: 131072 },
  ];
  assert.deepEqual(modelsFor(models, 'chat'), [{ value: 'gpt', label: '128k' }]);
  assert.deepEqual(modelsFor(models, 'speech'), [{ value: 'whisper-large-v3', label: '' }]);
});

test('arguments of a tool survive the form; what rows cannot show is left as JSON', () => {
  const rows: Argument[] = [
    { name: 'cliente', type: 'string', description: 'Su número', required: true },
    { name: 'monto', type: 'number', description: '', required: false },
  ];
  const tool = withArguments({ ...kNewTool, name: 'saldo' }, rows);
  assert.deepEqual(tool.parameters, {
    type: 'object',
    properties: { cliente: { type: 'string', description: 'Su número' }, monto: { type: 'number' } },
    required: ['cliente'],
  });
  assert.deepEqual(argumentsOf(tool), rows);
  assert.equal(withArguments(tool, []).parameters, undefined);
  for (const parameters of [
    { type: 'object', properties: { a: { enum: ['x'] } } },
    { type: 'object', properties: { a: { type: 'string', pattern: 'x' } } },
    { type: 'object', additionalProperties: false },
  ])
    assert.equal(argumentsOf({ ...kNewTool, parameters }), null);
});

test('what is empty is left out, but for what a tool must have', () => {
  assert.deepEqual(withMember({ ...kNewTool, secret: 'K' }, 'secret', ''), kNewTool);
  assert.deepEqual(withMember({ ...kNewTool, url: 'x' }, 'url', ''), kNewTool);
  assert.equal(withMember(kNewTool, 'retries', 0).retries, 0);
});
