// What the form can say about a value before the server is asked. The rules are the schema's. Pure.

import type { Mistake } from '../../api';
import type { Value } from '../../agents_api';
import { kScopes, settingsOf, type Draft, type Scope } from './draft';
import { valueOf, type Field, type Form } from './schema';

export type Wrong =
  | { code: 'not-a-number' | 'not-whole' | 'bad-form' | 'not-a-list' }
  | { code: 'out-of-range' | 'too-short' | 'too-long' | 'too-many' | 'item-too-long'; low: number; high: number };

/** By place: `shared/temperature`, `twilio/voice_speed`, `name`. */
export type Wrongs = ReadonlyMap<string, Wrong | string>; // a text: the server's words

export const placeOf = (scope: Scope, field: string) => `${scope}/${field}`;

const lengthOf = (text: string) => [...text].length; // characters, as the server counts

/** A number as it is written, with a point or a comma; the text itself when it is none. */
export function readNumber(text: string): number | string {
  const plain = text.trim().replace(',', '.').replace('−', '-');
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : text;
}

/** A list of objects as JSON is written; the text itself when it is none. What each may hold, the server says. */
export function readObjects(text: string): readonly object[] | string {
  if (text.trim() === '') return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null) ? list : text;
  } catch {
    return text;
  }
}

export function check(field: Field, value: Value): Wrong | null {
  const { low, high } = field;
  switch (field.kind) {
    case 'switch':
    case 'choice':
      return null;
    case 'integer':
    case 'number':
      if (typeof value !== 'number') return { code: 'not-a-number' };
      if (field.kind === 'integer' && !Number.isInteger(value)) return { code: 'not-whole' };
      return value < low || value > high ? { code: 'out-of-range', low, high } : null;
    case 'text': {
      const text = String(value);
      if (lengthOf(text) < low) return { code: 'too-short', low, high };
      if (lengthOf(text) > high) return { code: 'too-long', low, high };
      return field.pattern && !field.pattern.test(text) ? { code: 'bad-form' } : null;
    }
    case 'objects':
      if (!Array.isArray(value)) return { code: 'not-a-list' };
      return value.length > high ? { code: 'too-many', low, high } : null;
    case 'list':
    case 'map': {
      const items = Object.values(value as object) as string[];
      if (items.length > high) return { code: 'too-many', low, high };
      return items.some((item) => lengthOf(item) > field.itemLength)
        ? { code: 'item-too-long', low: 0, high: field.itemLength }
        : null;
    }
  }
}

export function wrongOfName(name: string): Wrong | null {
  if (name.trim() === '') return { code: 'too-short', low: 1, high: 100 };
  return lengthOf(name) > 100 ? { code: 'too-long', low: 1, high: 100 } : null;
}

export function checkDraft(draft: Draft, form: Form): Map<string, Wrong | string> {
  const wrongs = new Map<string, Wrong | string>();
  const name = wrongOfName(draft.name);
  if (name) wrongs.set('name', name);
  for (const scope of kScopes)
    for (const field of form.fields.values()) {
      const value = valueOf(settingsOf(draft, scope), field.name);
      const wrong = value === undefined ? null : check(field, value);
      if (wrong) wrongs.set(placeOf(scope, field.name), wrong);
    }
  return wrongs;
}

/** The server's mistakes at the places of the form; `others` have none there. */
export function placeMistakes(mistakes: readonly Mistake[]): { wrongs: Map<string, string>; others: string[] } {
  const wrongs = new Map<string, string>();
  const others: string[] = [];
  for (const { path, message } of mistakes) {
    const parts = path.split('/').slice(1);
    if (parts[0] === 'profiles') parts.shift();
    const place = parts[0] === 'name' ? 'name' : parts.slice(0, 2).join('/');
    const inside = parts.slice(2).map((part) => (/^\d+$/.test(part) ? `#${Number(part) + 1}` : part));
    if (place === 'name' || (kScopes as string[]).includes(parts[0] ?? '')) {
      // Of a list's member it is said which one.
      const said = inside.length === 0 ? message : `${inside.join(' ')}: ${message}`;
      if (!wrongs.has(place)) wrongs.set(place, said);
    } else others.push(`${path}: ${message}`);
  }
  return { wrongs, others };
}

/** Variables that every call sets. */
export const kOfTheCall = [
  'caller_number',
  'called_number',
  'direction',
  'channel',
  'agent_name',
  'date',
  'time',
  'weekday',
];

/** The {{variables}} of a text that neither the agent nor every call sets. */
export function unknownVariables(text: string, own: Readonly<Record<string, string>>): string[] {
  const named = [...text.matchAll(/\{\{\s*([\p{L}\p{N}_.-]+)\s*\}\}/gu)].map((match) => match[1]!);
  return [...new Set(named)].filter((name) => !kOfTheCall.includes(name) && !Object.hasOwn(own, name));
}
