// A call with everything that a call can have, hostile markup in every text of it, and its recording.

import { hum, silence, wav } from './sound.mjs';

export const kAttack = '<img src=x onerror="globalThis.attacked = true">';

const start = Date.parse('2026-05-01T14:32:00.000Z');
const at = (ms) => new Date(start + ms).toISOString();
const turn = (role, ms, content, more = {}) => ({
  role, content, generated: '', interrupted: false, timestamp: at(ms), timings: {}, ...more,
});

/** The caller left, the agent right. */
export const recording = wav(
  Buffer.concat([silence(3000), hum(2000), silence(5000)]),
  Buffer.concat([hum(2500, 16000, 190), silence(3000), hum(3000, 16000, 190)]),
);

export const record = {
  call: {
    id: 7, session_id: 's', client_type: 'twilio', direction: 'inbound', from: '+525512345678', to: '+525588880000',
    provider_call_id: 'CA7', agent: kAttack, status: 'failed', end_cause: 'provider-failed', error: kAttack,
    start_time: at(0), end_time: at(10_000), duration_ms: 10_000,
    extracted_data: { summary: kAttack, intent: 'agendar_cita', extracted_entities: { name: kAttack } },
    extraction: { state: 'done', error: '' },
    recording: {
      duration_ms: 10_000, bytes: recording.length, origin: 'ours', state: 'complete', reference: '', error: '',
      kept_until: new Date(Date.now() + 3 * 86_400_000).toISOString(),
    },
    usage: { stt: { seconds: 12.5, requests: 2, model: 'whisper' }, telephony: null },
    cost: { amount: 0.0231, currency: 'USD', parts: { llm: 0.0049 }, missing: ['tts'] },
    kept_until: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  },
  transcripts: [
    turn('assistant', 0, 'Buenas tardes.'),
    turn('user', 3000, kAttack),
    turn('assistant', 5500, 'Con gusto', {
      generated: `Con gusto ${kAttack}`, interrupted: true,
      timings: { response_ms: 640, endpointing_ms: 210, stt_ms: 140, llm_first_clause_ms: 120, tts_first_byte_ms: 90 },
    }),
  ],
  events: [{ name: 'barge-in', detail: kAttack, time: at(8000), since_start_ms: 8000 }],
  tool_calls: [
    { id: 'c', name: kAttack, arguments: `{"a":"${kAttack}"}`, result: kAttack, ok: false, duration_ms: 320, since_start_ms: 6000, time: at(6000) },
  ],
};
