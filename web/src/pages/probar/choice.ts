// Which agent is called, and as which kind of call.

import { signal } from '@preact/signals';
import type { Operations, Profile } from '../../../generated/api';
import type { Pair } from '../../components/pairs';
import { listAgents } from '../../agents_api';
import type { Sound } from './sounds';

export const chosenAgent = signal(''); // its name; empty: the default one
export const chosenProfile = signal<Profile>('browser');
export const chosenSound = signal<Sound | 'auto'>('auto');
export const variables = signal<readonly Pair[]>([]);
export const agentNames = signal<readonly string[]>([]);

export function choose(agent: string, profile: Profile): void {
  chosenAgent.value = agent;
  chosenProfile.value = profile;
}

export type Start = NonNullable<Operations['POST /ws/simulator/v2/start']['body']>;

/** Without the list the default agent can be called all the same. */
export async function readAgents(): Promise<void> {
  try {
    agentNames.value = (await listAgents()).map((agent) => agent.name);
  } catch {
    agentNames.value = [];
  }
  if (!agentNames.value.includes(chosenAgent.value)) chosenAgent.value = '';
}

export function startBody(): Start {
  const named = variables.value.filter(([name]) => name.trim() !== '');
  return {
    ...(chosenAgent.value === '' ? {} : { agent: chosenAgent.value }),
    ...(chosenProfile.value === 'browser' ? {} : { profile: chosenProfile.value }),
    ...(named.length === 0
      ? {}
      : { variables: Object.fromEntries(named.map(([name, value]) => [name.trim(), value])) }),
  };
}
