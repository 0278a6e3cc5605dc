// The simulator's messages, both ways: pure parsing and formatting.

import type { SimulatorMessage, SimulatorTranscript, TurnState } from '../../../generated/api';
import { decodeMulaw, encodeMulaw } from '../../audio/mulaw';
import { decodeBase64, decodeBytes, encodeBase64, encodeBytes } from '../../audio/pcm';
import { kSounds, type Sound } from './sounds';

export type Role = SimulatorTranscript['role'];
export type AgentState = Exclude<TurnState, 'idle'>; // idle is before the call

/** Something that happened in the call, in the server's words. */
export interface CallEvent {
  name: string;
  detail: string;
  atMs: number; // since the call began
}

export type ServerMessage =
  | { type: 'audio'; pcm: Int16Array }
  | { type: 'mark'; name: string }
  | { type: 'clear' }
  | { type: 'transcript'; role: Role; text: string; turn: number | null; interrupted: boolean; whole: boolean }
  | { type: 'state'; state: AgentState }
  | { type: 'timings'; turn: number; values: Record<string, number> } // ms, by name
  | { type: 'event'; event: CallEvent }
  | { type: 'error'; code: string; text: string }
  | { type: 'end'; cause: string };

const kEach: Record<AgentState, true> = {
  listening: true, processing: true, tool_executing: true, speaking: true, interrupted: true, ending: true,
};
const kStates = Object.keys(kEach);

/** What names a message: its `type`, of some its `event`. */
type MessageName = Extract<SimulatorMessage, { type: string }>['type'] | Extract<SimulatorMessage, { event: string }>['event'];

/** null: not a message this page knows; newer servers may say more. */
export function parseServerMessage(text: string, sound: Sound = 'wide'): ServerMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(message)) return null;
  switch ((message['event'] ?? message['type']) as MessageName) {
    case 'audio': {
      const data = message['data'];
      if (typeof data !== 'string') return null;
      try {
        return { type: 'audio', pcm: sound === 'wide' ? decodeBase64(data) : decodeMulaw(decodeBytes(data)) };
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
        whole: 'interrupted' in message,
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
    case 'event': {
      const { name, detail, since_start_ms: at } = message;
      if (typeof name !== 'string') return null;
      return { type: 'event', event: { name, detail: textOf(detail), atMs: typeof at === 'number' ? at : 0 } };
    }
    case 'error':
      return { type: 'error', code: textOf(message['code']), text: textOf(message['text']) };
    case 'end':
      return { type: 'end', cause: textOf(message['cause']) };
    case 'tool': // the event of that name says it as well
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

export function startMessage(streamSid: string, callSid: string, sound: Sound = 'wide'): string {
  const { encoding, rate } = kSounds[sound];
  return JSON.stringify({
    event: 'start',
    start: { streamSid, callSid, media_format: { encoding, sample_rate: rate, channels: 1 } },
  });
}

export function mediaMessage(frame: Int16Array, sound: Sound = 'wide'): string {
  const payload = sound === 'wide' ? encodeBase64(frame) : encodeBytes(encodeMulaw(frame));
  return JSON.stringify({ event: 'media', media: { payload, track: 'inbound' } });
}

export function markMessage(name: string): string {
  return JSON.stringify({ event: 'mark', mark: { name } });
}

export function textMessage(text: string): string {
  return JSON.stringify({ event: 'text', text });
}

export function keyMessage(digit: string): string {
  return JSON.stringify({ event: 'dtmf', dtmf: { digit } });
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
