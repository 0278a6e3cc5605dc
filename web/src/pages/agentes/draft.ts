// An agent as it is being edited: what is shared, what each profile overrides, and how that differs from
// what is stored. Pure.

import type { Agent, AgentWrite, Profile } from '../../../generated/api';
import { kProfiles, type Settings, type Value } from '../../agents_api';
import { valueOf, type Field, type Form } from './schema';

export type Scope = 'shared' | Profile;
export const kScopes: readonly Scope[] = ['shared', ...kProfiles];

export interface Draft {
  name: string;
  shared: Settings;
  profiles: Readonly<Record<Profile, Settings>>;
}

export interface Change {
  scope: Scope | 'name';
  field: string; // empty: the agent's name
  from: Value | undefined; // undefined: it was not set there
  to: Value | undefined;
}

export const draftOf = ({ name, shared, profiles }: Agent | Draft): Draft => ({ name, shared, profiles });

export function settingsOf(draft: Draft, scope: Scope): Settings {
  return scope === 'shared' ? draft.shared : (draft.profiles[scope] ?? {});
}

/** What holds there, and who says so. */
export function resolve(draft: Draft, scope: Scope, field: Field): { value: Value; source: 'own' | 'shared' | 'default' } {
  const own = valueOf(settingsOf(draft, scope), field.name);
  if (own !== undefined) return { value: own, source: 'own' };
  const shared = valueOf(draft.shared, field.name);
  if (shared !== undefined) return { value: shared, source: 'shared' };
  return { value: field.initial, source: 'default' };
}

/** `undefined` takes the setting away: back to what is shared, or to the default. */
export function withValue(draft: Draft, scope: Scope, name: string, value: Value | undefined): Draft {
  const { [name]: _, ...others } = settingsOf(draft, scope);
  const settings: Settings = value === undefined ? others : { ...others, [name]: value };
  return scope === 'shared'
    ? { ...draft, shared: settings }
    : { ...draft, profiles: { ...draft.profiles, [scope]: settings } };
}

/** Members of an object in any order. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([key, one]) => Object.hasOwn(b, key) && same(one, b[key as never]));
}

export function changesOf(base: Draft, draft: Draft, form: Form): Change[] {
  const changes: Change[] = [];
  if (base.name !== draft.name) changes.push({ scope: 'name', field: '', from: base.name, to: draft.name });
  for (const scope of kScopes) {
    const [before, after] = [settingsOf(base, scope), settingsOf(draft, scope)];
    for (const name of form.fields.keys()) {
      const [from, to] = [valueOf(before, name), valueOf(after, name)];
      if (!same(from, to)) changes.push({ scope, field: name, from, to });
    }
  }
  return changes;
}

/** The same changes on another base: one that somebody else has stored meanwhile. */
export function withChanges(base: Draft, changes: readonly Change[]): Draft {
  return changes.reduce(
    (draft, { scope, field, to }) =>
      scope === 'name' ? { ...draft, name: String(to) } : withValue(draft, scope, field, to),
    base,
  );
}

export function writeOf(changes: readonly Change[]): AgentWrite {
  const shared: Record<string, Value | null> = {};
  const profiles: Partial<Record<Profile, Record<string, Value | null>>> = {};
  const write: AgentWrite = {};
  for (const { scope, field, to } of changes) {
    if (scope === 'name') write.name = String(to);
    else if (scope === 'shared') shared[field] = to ?? null;
    else (profiles[scope] ??= {})[field] = to ?? null;
  }
  if (Object.keys(shared).length > 0) write.shared = shared;
  if (Object.keys(profiles).length > 0) write.profiles = profiles;
  return write;
}

export function overridesOf(draft: Draft, scope: Scope, fields: Iterable<Field>): number {
  if (scope === 'shared') return 0;
  return [...fields].filter((field) => valueOf(settingsOf(draft, scope), field.name) !== undefined).length;
}

/** What the agent speaks and what it listens for, where they are not the same language. */
export function languagesApart(draft: Draft, scope: Scope, form: Form): { voice: string; ear: string } | null {
  const [voice, ear] = ['voice_language', 'stt_language'].map((name) => {
    const field = form.fields.get(name);
    return field ? String(resolve(draft, scope, field).value) : '';
  }) as [string, string];
  const bare = (tag: string) => tag.trim().toLowerCase().split('-')[0];
  return voice === '' || ear === '' || bare(voice) === bare(ear) ? null : { voice, ear };
}
