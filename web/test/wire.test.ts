import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  keyMessage,
  markMessage,
  mediaMessage,
  parseServerMessage,
  startMessage,
  stopMessage,
  textMessage,
} from '../src/pages/probar/wire';

const parse = (message: unknown) => parseServerMessage(JSON.stringify(message));

test('every message of the contract is understood', () => {
  assert.deepEqual(parse({ type: 'audio', data: 'AQD+/w==' }), { type: 'audio', pcm: Int16Array.of(1, -2) });
  assert.deepEqual(parse({ event: 'mark', mark: { name: 'm1' } }), { type: 'mark', name: 'm1' });
  assert.deepEqual(parse({ event: 'clear' }), { type: 'clear' });
  assert.deepEqual(parse({ type: 'transcript', role: 'user', text: 'hola', turn: 1, interrupted: false }), {
    type: 'transcript',
    role: 'user',
    text: 'hola',
    turn: 1,
    interrupted: false,
    whole: true,
  });
  const clause = parse({ type: 'transcript', role: 'assistant', text: 'Hola.', turn: 0 });
  assert.ok(clause?.type === 'transcript' && !clause.whole);
  assert.deepEqual(parse({ type: 'state', state: 'speaking' }), { type: 'state', state: 'speaking' });
  assert.deepEqual(parse({ type: 'timings', turn: 2, response_ms: 640, stt_ms: 150, note: 'x', llm_ms: null }), {
    type: 'timings',
    turn: 2,
    values: { response_ms: 640, stt_ms: 150 },
  });
  assert.deepEqual(parse({ type: 'error', code: 'stt-failed', text: 'no' }), {
    type: 'error',
    code: 'stt-failed',
    text: 'no',
  });
  assert.deepEqual(parse({ type: 'end', cause: 'idle' }), { type: 'end', cause: 'idle' });
});

test('what is not a message of the contract is passed over', () => {
  assert.equal(parseServerMessage('not json'), null);
  for (const odd of [
    null,
    [],
    7,
    {},
    { type: 'novelty' },
    { type: 'audio', data: '%%%' },
    { type: 'audio' },
    { event: 'mark' },
    { type: 'transcript', role: 'system', text: 'x' },
    { type: 'transcript', role: 'user' },
    { type: 'state', state: 'dancing' },
    { type: 'timings' },
  ]) {
    assert.equal(parse(odd), null, JSON.stringify(odd));
  }
});

test('what is sent is as the contract says', () => {
  assert.deepEqual(JSON.parse(startMessage('browser-1', 'sim-1')), {
    event: 'start',
    start: {
      streamSid: 'browser-1',
      callSid: 'sim-1',
      media_format: { encoding: 'audio/pcm', sample_rate: 16000, channels: 1 },
    },
  });
  assert.deepEqual(JSON.parse(mediaMessage(Int16Array.of(1, -2))), {
    event: 'media',
    media: { payload: 'AQD+/w==', track: 'inbound' },
  });
  assert.deepEqual(JSON.parse(markMessage('m1')), { event: 'mark', mark: { name: 'm1' } });
  assert.deepEqual(JSON.parse(stopMessage()), { event: 'stop' });
});

test('what happens in the call is read, with its time', () => {
  assert.deepEqual(parse({ type: 'event', name: 'barge-in', detail: 'a key', since_start_ms: 1200 }), {
    type: 'event',
    event: { name: 'barge-in', detail: 'a key', atMs: 1200 },
  });
  assert.equal(parse({ type: 'event', detail: 'nameless' }), null);
  assert.deepEqual(parse({ type: 'state', state: 'tool_executing' }), { type: 'state', state: 'tool_executing' });
});

test('a telephone’s sound is asked for, sent and read as mu-law at 8 kHz', () => {
  const { start } = JSON.parse(startMessage('s', 'c', 'telephone')) as { start: { media_format: unknown } };
  assert.deepEqual(start.media_format, { encoding: 'audio/x-mulaw', sample_rate: 8000, channels: 1 });
  const sent = JSON.parse(mediaMessage(Int16Array.of(0, 32767), 'telephone')) as { media: { payload: string } };
  assert.equal(sent.media.payload, btoa('\xff\x80'));
  assert.deepEqual(parseServerMessage(JSON.stringify({ type: 'audio', data: btoa('\xff\x80') }), 'telephone'), {
    type: 'audio',
    pcm: Int16Array.of(0, 32124),
  });
});

test('written words and keys', () => {
  assert.deepEqual(JSON.parse(textMessage('¿"qué"?')), { event: 'text', text: '¿"qué"?' });
  assert.deepEqual(JSON.parse(keyMessage('#')), { event: 'dtmf', dtmf: { digit: '#' } });
});
