// The types of agents_api.ts against the server's OpenAPI document: neither may know a member that the other
// does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import openapi from '../../server/openapi/agents.json';
import {
  kProfiles,
  type Agent,
  type AgentHead,
  type AgentSummary,
  type AgentVersion,
  type AgentWrite,
  type AssignedNumber,
} from '../src/agents_api';

// `Record<keyof T, true>`: a member that is forgotten here does not compile.
const head: Record<keyof AgentHead, true> = {
  id: true,
  name: true,
  version: true,
  default: true,
  numbers: true,
  created_at: true,
  updated_at: true,
  deleted_at: true,
};
const agent: Record<keyof Agent, true> = { ...head, shared: true, profiles: true };
const summary: Record<keyof AgentSummary, true> = {
  ...head,
  voice_language: true,
  voice_name: true,
  stt_language: true,
  llm_model: true,
};
const version: Record<keyof AgentVersion, true> = {
  version: true,
  name: true,
  author: true,
  action: true,
  created_at: true,
  shared: true,
  profiles: true,
  changes: true,
};
const number: Record<keyof AssignedNumber, true> = {
  number: true,
  agent_id: true,
  agent: true,
  agent_deleted: true,
  updated_at: true,
};
// The page says the version by If-Match.
const write: Record<keyof AgentWrite | 'version', true> = { name: true, version: true, shared: true, profiles: true };

const schemas = openapi.components.schemas;
const pairs: [string, object, object][] = [
  ['Agent', agent, schemas.Agent.properties],
  ['AgentSummary', summary, schemas.AgentSummary.properties],
  ['AgentVersion', version, schemas.AgentVersion.properties],
  ['AgentWrite', write, schemas.AgentWrite.properties],
  ['Number', number, schemas.Number.properties],
];

for (const [name, ours, theirs] of pairs)
  test(`${name} has the members that the server's document says`, () => {
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort());
  });

test('the profiles are the server\'s', () => {
  assert.deepEqual([...kProfiles], schemas.Profile.enum);
});
