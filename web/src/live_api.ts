// The calls that go on: the server's contract.

import { request, send } from './api';

export interface LiveCall {
  session_id: string;
  client_type: string;
  direction: string;
  from: string;
  to: string;
  agent: string;
  state: string;
  state_since: string | null;
  start_time: string;
  last_user: string;
  last_agent: string;
  response_ms: number | null;
  turns: number | null;
  elsewhere: boolean;
}

export interface LiveTurn {
  turn: number;
  role: 'user' | 'assistant';
  content: string;
  generated: string;
  interrupted: boolean;
  partial: boolean; // being said
  response_ms: number | null;
  timestamp: string;
}

export type LiveEvent =
  | { name: 'reset' }
  | { name: 'call' | 'state' | 'ended'; call: LiveCall }
  | { name: 'turn'; call: LiveCall; said: LiveTurn };

export const kLiveStream = '/api/v1/live-calls/stream';

export async function listLiveCalls(): Promise<LiveCall[]> {
  return (await request<{ calls: LiveCall[] }>('/api/v1/live-calls')).calls;
}

export function getLiveCall(id: string): Promise<{ call: LiveCall; transcripts: LiveTurn[] }> {
  return request(`/api/v1/live-calls/${encodeURIComponent(id)}`);
}

export function hangUp(id: string): Promise<unknown> {
  return send('POST', `/api/v1/live-calls/${encodeURIComponent(id)}`, { action: 'hang-up' });
}

export function handOver(id: string, to: string): Promise<unknown> {
  return send('POST', `/api/v1/live-calls/${encodeURIComponent(id)}`, { action: 'transfer', to });
}

export function tellAgent(id: string, note: string): Promise<unknown> {
  return send('POST', `/api/v1/calls/${encodeURIComponent(id)}/context`, { note });
}

export function audioSocketUrl(id: string, page: Location = location): string {
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${page.host}/api/v1/live-calls/${encodeURIComponent(id)}/audio`;
}
