import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentile, stagesOf } from '../src/components/response_times';
import { heightOf, kColumnMs, Trace } from '../src/pages/probar/trace';

test('the stages of a response add up to it', () => {
  const parts = stagesOf({
    response_ms: 640,
    endpointing_ms: 210,
    stt_ms: 150,
    llm_first_token_ms: 95,
    llm_first_clause_ms: 160,
    tts_first_byte_ms: 90,
  });
  assert.deepEqual(parts, [
    { stage: 'endpointing', ms: 210 },
    { stage: 'stt', ms: 150 },
    { stage: 'llm', ms: 160 },
    { stage: 'tts', ms: 90 },
    { stage: 'other', ms: 30 },
  ]);
});

test('a response of which only the whole is known has no stages', () => {
  assert.deepEqual(stagesOf({ response_ms: 640 }), []);
});

test('stages that overlap, and so exceed the response, leave no rest', () => {
  assert.deepEqual(stagesOf({ response_ms: 100, stt_ms: 150 }), [{ stage: 'stt', ms: 150 }]);
});

test('percentiles are by nearest rank', () => {
  const values = [50, 10, 40, 20, 30];
  assert.equal(percentile(values, 50), 30);
  assert.equal(percentile(values, 95), 50);
  assert.equal(percentile(values, 0), 10);
  assert.equal(percentile([], 50), null);
});

test('a trace keeps the loudest of each column and the state of each', () => {
  const trace = new Trace();
  trace.setState('speaking', 0);
  trace.add('agent', 0.2, 10);
  trace.add('agent', 0.1, 20);
  trace.add('caller', 0.3, 2 * kColumnMs);
  trace.setState('listening', 3 * kColumnMs);
  assert.deepEqual(trace.agent, [0.2, 0, 0, 0]);
  assert.deepEqual(trace.caller, [0, 0, 0.3, 0]);
  assert.deepEqual(trace.states, ['speaking', 'speaking', 'speaking', 'listening']);
});

test('silence has no height and a full-scale sound all of it', () => {
  assert.equal(heightOf(0), 0);
  assert.equal(heightOf(0.001), 0);
  assert.equal(heightOf(1), 1);
  assert.ok(heightOf(0.1) > heightOf(0.03));
});
