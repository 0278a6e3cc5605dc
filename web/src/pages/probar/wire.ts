// The simulator's messages, both ways: pure parsing and formatting.

import { decodeBase64, encodeBase64 } from '../../audio/pcm';
import { kCallRate } from '../../worklet/messages';

export type Role = 'user' | 'assistant';
export type AgentState = 'listening' | 'processing' | 'speaking' | 'interrupted' | 'ending';

export type ServerMessage =
  | { type: 'audio'; pcm: Int16Array }
  | { type: 'mark'; name: string }
  | { type: 'clear' }
  | { type: 'transcript'; role: Role; text: string; turn: number | null; interrupted: boolean }
  | { type: 'state'; state: AgentState }
  | { type: 'timings'; turn: number; values: Record<string, number> } // ms, by name
  | { type: 'error'; code: string; text: string }
  | { type: 'end'; cause: string };

const kStates: readonly string[] = ['listening', 'processing', 'speaking', 'interrupted', 'ending'];

/** null: not a message this page knows; newer servers may say more. */
export function parseServerMessage(text: string): ServerMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(message)) return null;
  switch (message['event'] ?? message['type']) {
    case 'audio': {
      const data = message['data'];
      if (typeof data !== 'string') return null;
      try {
        return { type: 'audio', pcm: decodeBase64(data) };
      } catch {
        return null;
      }
    }
    case 'mark': {
      const mark = message['mark'];
      const name = isRecord(mark) ? mark['name'] : undefined;
      return typeof name === 'string' ? { type: 'mark', name } : null;
    }
    case 'clear':
      return { type: 'clear' };
    case 'transcript': {
      const { role, text: words, turn } = message;
      if ((role !== 'user' && role !== 'assistant') || typeof words !== 'string') return null;
      return {
        type: 'transcript',
        role,
        text: words,
        turn: typeof turn === 'number' ? turn : null,
        interrupted: message['interrupted'] === true,
      };
    }
    case 'state': {
      const state = message['state'];
      if (typeof state !== 'string' || !kStates.includes(state)) return null;
      return { type: 'state', state: state as AgentState };
    }
    case 'timings': {
      const turn = message['turn'];
      if (typeof turn !== 'number') return null;
      return { type: 'timings', turn, values: timingValues(message) };
    }
    case 'error':
      return { type: 'error', code: textOf(message['code']), text: textOf(message['text']) };
    case 'end':
      return { type: 'end', cause: textOf(message['cause']) };
    default:
      return null;
  }
}

/** The members of `record` that are times: numbers whose name ends in `_ms`. */
export function timingValues(record: Record<string, unknown>): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, value] of Object.entries(record)) {
    if (name.endsWith('_ms') && typeof value === 'number' && Number.isFinite(value)) values[name] = value;
  }
  return values;
}

export function startMessage(streamSid: string, callSid: string): string {
  return JSON.stringify({
    event: 'start',
    start: { streamSid, callSid, media_format: { encoding: 'audio/pcm', sample_rate: kCallRate, channels: 1 } },
  });
}

export function mediaMessage(frame: Int16Array): string {
  return JSON.stringify({ event: 'media', media: { payload: encodeBase64(frame), track: 'inbound' } });
}

export function markMessage(name: string): string {
  return JSON.stringify({ event: 'mark', mark: { name } });
}

export function stopMessage(): string {
  return JSON.stringify({ event: 'stop' });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
