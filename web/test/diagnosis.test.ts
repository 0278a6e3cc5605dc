import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose, toolCalls, type Observed } from '../src/pages/probar/diagnosis';
import { dictionaries } from '../src/i18n/i18n';

const fine: Observed = {
  elapsedMs: 30_000,
  callerPeak: 0.1,
  lines: [{ key: 'k', role: 'user', text: 'hola', cut: '', turn: 1, interrupted: false, open: false, atMs: 0 }],
  events: [],
  timings: [{ response_ms: 700, llm_first_clause_ms: 400 }],
  underruns: 0,
};
const event = (name: string, detail = '') => ({ name, detail, atMs: 5 });

test('a call that goes well has nothing to say', () => assert.deepEqual(diagnose(fine), []));

test('silence is told apart from a quiet voice and from words nobody understood', () => {
  const mute = { ...fine, lines: [] };
  assert.deepEqual(diagnose({ ...mute, callerPeak: 0 }), ['no-caller-sound']);
  assert.deepEqual(diagnose({ ...mute, callerPeak: 0.005 }), ['caller-too-quiet']);
  assert.deepEqual(diagnose(mute), ['nothing-understood']);
  assert.deepEqual(diagnose({ ...mute, callerPeak: 0, elapsedMs: 3000 }), [], 'the greeting may still be heard');
});

test('the stage that made replies slow is named', () => {
  const slow = { response_ms: 2400, endpointing_ms: 300, stt_ms: 200, llm_first_clause_ms: 1600, tts_first_byte_ms: 300 };
  assert.deepEqual(diagnose({ ...fine, timings: [slow] }), ['slow-llm']);
  assert.deepEqual(diagnose({ ...fine, timings: [{ ...slow, tts_first_byte_ms: 5000 }] }), ['slow-tts']);
});

test('echo, a network that is late and a tool that fails are seen', () => {
  const events = [event('echo', '120 ms'), event('tool', '{"name":"saldo","outcome":"failed","duration_ms":12}')];
  assert.deepEqual(diagnose({ ...fine, events, underruns: 2 }), ['echo', 'underruns', 'tool-failed']);
});

test('tools are read from the events; what is no JSON is passed over', () => {
  const [tool, ...others] = toolCalls([event('tool', '{"name":"saldo"}'), event('tool', '{'), event('state', 'x')]);
  assert.deepEqual([tool?.name, tool?.outcome, tool?.durationMs, others.length], ['saldo', 'ok', 0, 0]);
});

test('every diagnosis has its sentence', () => {
  for (const code of ['echo', 'slow-stt', 'tool-failed'] as const)
    assert.ok(dictionaries.es.probar.diagnoses[code].endsWith('.'), code);
});
