// The calls that go on: the server's contract.

import type { LiveCall, LiveTurn } from '../generated/api';
import { addressOf, ask, socketUrl } from './api';

export type LiveEvent =
  | { name: 'reset' }
  | { name: 'call' | 'state' | 'ended'; call: LiveCall }
  | { name: 'turn'; call: LiveCall; said: LiveTurn };

export const kLiveStream = addressOf('GET /api/v1/live-calls/stream');

export const listLiveCalls = async () => (await ask('GET /api/v1/live-calls')).calls;
export const getLiveCall = (id: string) => ask('GET /api/v1/live-calls/{id}', { path: { id } });

export const hangUp = (id: string) =>
  ask('POST /api/v1/live-calls/{id}', { path: { id }, body: { action: 'hang-up' } });

/** `warm`: the other party is rung first, while the caller stays with the agent. */
export const handOver = (id: string, to: string, warm: boolean) =>
  ask('POST /api/v1/live-calls/{id}', { path: { id }, body: { action: 'transfer', to, mode: warm ? 'warm' : 'blind' } });

export const tellAgent = (id: string, note: string) =>
  ask('POST /api/v1/calls/{id}/context', { path: { id }, body: { note } });

export const audioSocketUrl = (id: string): string =>
  socketUrl(addressOf('GET /api/v1/live-calls/{id}/audio', { path: { id } }));
