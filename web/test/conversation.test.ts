import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addToConversation, asShown, lineOfTimings, type Line, type Said } from '../src/pages/probar/conversation';

function conversation(...all: Partial<Said>[]): Line[] {
  return all.reduce<Line[]>(
    (lines, said, i) =>
      addToConversation(lines, { role: 'assistant', text: '', turn: 0, interrupted: false, whole: false, ...said }, i * 1000),
    [],
  );
}

test('each turn is a line, in the order they come', () => {
  const lines = conversation(
    { text: 'Hola', turn: 0 },
    { role: 'user', text: 'buenas', turn: 1 },
    { text: '¿Qué desea?', turn: 2 },
  );
  assert.deepEqual(
    lines.map((line) => [line.role, line.text, line.atMs]),
    [
      ['assistant', 'Hola', 0],
      ['user', 'buenas', 1000],
      ['assistant', '¿Qué desea?', 2000],
    ],
  );
  assert.equal(new Set(lines.map((line) => line.key)).size, 3);
});

test('a turn grows, whether it is said again whole or clause by clause', () => {
  assert.equal(conversation({ text: 'Hola.' }, { text: 'Hola. Soy Andrea.' })[0]!.text, 'Hola. Soy Andrea.');
  assert.equal(conversation({ text: 'Hola.' }, { text: 'Soy Andrea.' })[0]!.text, 'Hola. Soy Andrea.');
  assert.equal(conversation({ text: 'Hola.' }, { text: 'Hola.' })[0]!.text, 'Hola.');
});

test('an interrupted line keeps apart what was heard and what was not', () => {
  const [line] = conversation({ text: 'El martes a las diez.' }, { text: 'El martes', interrupted: true });
  assert.deepEqual([line!.text, line!.cut, line!.interrupted], ['El martes', ' a las diez.', true]);
});

test('an interruption without words only marks the line', () => {
  const [line] = conversation({ text: 'El martes' }, { text: '', interrupted: true });
  assert.deepEqual([line!.text, line!.cut, line!.interrupted], ['El martes', '', true]);
});

test('an answer that was taken back before it sounded is told from one that was heard', () => {
  const lines = conversation(
    { role: 'user', text: 'Una cita', turn: 1 },
    { text: '¿Cuándo?', turn: 2 },
    { role: 'user', text: 'Una cita el martes', turn: 1 },
    { text: 'El martes a las', turn: 3 },
  );
  assert.deepEqual(
    asShown(lines).map((line) => [line.text, line.cut]),
    [['Una cita el martes', ''], ['', '¿Cuándo?'], ['El martes a las', '']],
  );
  const heard = addToConversation(lines, { role: 'assistant', text: '¿Cuándo?', turn: 2, interrupted: false, whole: true }, 9);
  assert.equal(asShown(heard)[1]!.text, '¿Cuándo?');
});

test('lines without a turn are never merged', () => {
  assert.equal(conversation({ text: 'uno', turn: null }, { text: 'dos', turn: null }).length, 2);
});

test('a caller who goes on has said the whole', () => {
  const lines = conversation(
    { role: 'user', text: 'Una cita.', turn: 1 },
    { role: 'user', text: 'Una cita para el martes.', turn: 1 },
  );
  assert.deepEqual(
    lines.map((l) => l.text),
    ['Una cita para el martes.'],
  );
});

test('an empty transcript makes no line', () => {
  assert.deepEqual(conversation({ role: 'user', text: '  ', turn: 1 }), []);
});

test('the times of a turn belong to the agent’s line, by its number or by the question’s', () => {
  const lines = conversation(
    { text: 'Hola', turn: 0 },
    { role: 'user', text: 'cita', turn: 1 },
    { text: '¿Cuándo?', turn: 2 },
  );
  assert.equal(lineOfTimings(lines, 2), lines[2]!.key);
  assert.equal(lineOfTimings(lines, 1), lines[2]!.key);
  assert.equal(lineOfTimings(lines, 9), null);
});
