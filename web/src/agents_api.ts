// The agents' part of the server's contract. test/agents_contract.test.ts holds these types against the
// server's OpenAPI document.

import { request } from './api';

export const kProfiles = ['browser', 'twilio', 'telnyx'] as const;
export type Profile = (typeof kProfiles)[number];

export type Value = boolean | number | string | readonly (string | object)[] | Readonly<Record<string, string>>;
export type Settings = Readonly<Record<string, Value>>;

export interface AgentHead {
  id: number;
  name: string;
  version: number;
  default: boolean;
  numbers: string[];
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export interface AgentSummary extends AgentHead {
  voice_language: string;
  voice_name: string;
  stt_language: string;
  llm_model: string;
}

export interface Agent extends AgentHead {
  shared: Settings;
  profiles: Readonly<Record<Profile, Settings>>;
}

export interface AgentVersion {
  version: number;
  name: string;
  author: string;
  action: string;
  created_at: string;
  shared: Settings;
  profiles: Readonly<Record<Profile, Settings>>;
  changes?: { path: string; from?: Value | null; to?: Value | null }[]; // absent: the first one
}

export interface AssignedNumber {
  number: string;
  agent_id: number;
  agent: string;
  agent_deleted: boolean;
  updated_at: string;
}

type Changes = Readonly<Record<string, Value | null>>; // null takes a setting away

export interface AgentWrite {
  name?: string;
  shared?: Changes;
  profiles?: Partial<Record<Profile, Changes>>;
}

const kAgents = '/api/v1/agents';

function send<T>(method: string, path: string, body?: unknown, version?: number): Promise<T> {
  return request<T>(path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
    },
    body: JSON.stringify(body ?? {}),
  });
}

export const agentSchema = () => request<unknown>('/api/v1/schema/agent');

export const listAgents = async (deletedToo = false) =>
  (await request<{ agents: AgentSummary[] }>(`${kAgents}${deletedToo ? '?deleted=true' : ''}`)).agents;

export const getAgent = (id: number) => request<Agent>(`${kAgents}/${id}`);
export const createAgent = (body: AgentWrite) => send<Agent>('POST', kAgents, body);
export const cloneAgent = (id: number) => send<Agent>('POST', `${kAgents}/${id}/clone`);
export const deleteAgent = (id: number) => send<Agent>('DELETE', `${kAgents}/${id}`);
export const undeleteAgent = (id: number) => send<Agent>('POST', `${kAgents}/${id}/restore`);
export const makeDefault = (id: number) => send<Agent>('POST', `${kAgents}/${id}/default`);

/** Refused with `version-conflict` when the agent is at another version by now. */
export const changeAgent = (id: number, version: number, body: AgentWrite) =>
  send<Agent>('PATCH', `${kAgents}/${id}`, body, version);

export const listVersions = async (id: number) =>
  (await request<{ versions: AgentVersion[] }>(`${kAgents}/${id}/versions`)).versions;

export const restoreVersion = (id: number, old: number, version: number) =>
  send<Agent>('POST', `${kAgents}/${id}/versions/${old}/restore`, {}, version);

export const listNumbers = async () => (await request<{ numbers: AssignedNumber[] }>('/api/v1/numbers')).numbers;

export const assignNumber = (number: string, agentId: number) =>
  send<AssignedNumber>('PUT', `/api/v1/numbers/${encodeURIComponent(number)}`, { agent_id: agentId });

export const releaseNumber = (number: string) =>
  send<AssignedNumber>('DELETE', `/api/v1/numbers/${encodeURIComponent(number)}`);
