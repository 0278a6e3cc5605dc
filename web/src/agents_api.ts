// The agents' part of the server's contract.

import type { Agent, AgentWrite, Profile } from '../generated/api';
import { ask } from './api';

/** A setting as the form handles it, whichever it is. */
export type Value = boolean | number | string | readonly (string | object)[] | Readonly<Record<string, string>>;
export type Settings = Readonly<Record<string, Value>>;

// As a record of each, for a profile that the server adds must not be forgotten here.
const kEach: Record<Profile, true> = { browser: true, twilio: true, telnyx: true };
export const kProfiles = Object.keys(kEach) as Profile[];

export const agentSchema = () => ask('GET /api/v1/schema/agent');

export const listAgents = async (deletedToo = false) =>
  (await ask('GET /api/v1/agents', { query: deletedToo ? { deleted: true } : {} })).agents;

export const getAgent = (id: number) => ask('GET /api/v1/agents/{id}', { path: { id } });
export const createAgent = (body: AgentWrite) => ask('POST /api/v1/agents', { body });
export const cloneAgent = (id: number) => ask('POST /api/v1/agents/{id}/clone', { path: { id } });
export const deleteAgent = (id: number) => ask('DELETE /api/v1/agents/{id}', { path: { id } });
export const undeleteAgent = (id: number) => ask('POST /api/v1/agents/{id}/restore', { path: { id } });
export const makeDefault = (id: number) => ask('POST /api/v1/agents/{id}/default', { path: { id } });

/** Refused with `version-conflict` when the agent is at another version by now. */
export const changeAgent = (id: number, version: number, body: AgentWrite): Promise<Agent> =>
  ask('PATCH /api/v1/agents/{id}', { path: { id }, version, body });

export const listVersions = async (id: number) =>
  (await ask('GET /api/v1/agents/{id}/versions', { path: { id } })).versions;

export const restoreVersion = (id: number, old: number, version: number) =>
  ask('POST /api/v1/agents/{id}/versions/{version}/restore', { path: { id, version: old }, version });

export const listNumbers = async () => (await ask('GET /api/v1/numbers')).numbers;

export const assignNumber = (number: string, agentId: number) =>
  ask('PUT /api/v1/numbers/{number}', { path: { number }, body: { agent_id: agentId } });

export const releaseNumber = (number: string) => ask('DELETE /api/v1/numbers/{number}', { path: { number } });
