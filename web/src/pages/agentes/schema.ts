// The settings of an agent as the server's JSON Schema describes them: what the form is made of. Pure.

import type { Settings, Value } from '../../agents_api';

export type Words = Readonly<Record<'es' | 'en', string>>;
export type Kind = 'switch' | 'choice' | 'text' | 'integer' | 'number' | 'list' | 'map' | 'objects';

export interface Field {
  name: string;
  kind: Kind;
  title: Words;
  help: Words;
  group: Words | null;
  tab: string;
  unit: string;
  widget: string;
  perProfile: boolean;
  initial: Value; // without a stored one
  choices: readonly { value: string; title: Words }[];
  low: number; // of a number its range, of a text its length, of a list or map its size
  high: number;
  itemLength: number;
  pattern: RegExp | null;
}

export interface Form {
  fields: ReadonlyMap<string, Field>;
  tabs: readonly { id: string; title: Words; fields: readonly Field[] }[];
}

interface RawField {
  type: string[];
  default: Value;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  pattern?: string;
  items?: { type?: string; maxLength?: number };
  additionalProperties?: { maxLength?: number };
  'x-title': Words;
  'x-help': Words;
  'x-tab': string;
  'x-order': number;
  'x-group'?: Words;
  'x-unit'?: string;
  'x-widget'?: string;
  'x-per-profile': boolean;
  'x-choices'?: { value: string; title: Words }[];
}

interface RawSchema {
  'x-tabs': { id: string; title: Words }[];
  $defs: { settings: { properties: Record<string, RawField> } };
}

const kKinds: Readonly<Record<string, Kind>> = {
  boolean: 'switch',
  string: 'text',
  integer: 'integer',
  number: 'number',
  array: 'list',
  object: 'map',
};

function fieldOf(name: string, raw: RawField): Field {
  const type = raw.type.find((one) => one !== 'null') ?? '';
  const kind = raw['x-choices'] ? 'choice' : raw.items?.type === 'object' ? 'objects' : kKinds[type];
  if (!kind) throw new Error(`the form cannot show ${name}, of type "${type}"`);
  return {
    name,
    kind,
    title: raw['x-title'],
    help: raw['x-help'],
    group: raw['x-group'] ?? null,
    tab: raw['x-tab'],
    unit: raw['x-unit'] ?? '',
    widget: raw['x-widget'] ?? '',
    perProfile: raw['x-per-profile'],
    initial: raw.default,
    choices: raw['x-choices'] ?? [],
    low: raw.minimum ?? raw.minLength ?? 0,
    high: raw.maximum ?? raw.maxLength ?? raw.maxItems ?? raw.maxProperties ?? Infinity,
    itemLength: raw.items?.maxLength ?? raw.additionalProperties?.maxLength ?? Infinity,
    pattern: raw.pattern ? new RegExp(raw.pattern, 'u') : null,
  };
}

export function readSchema(schema: unknown): Form {
  const raw = schema as RawSchema;
  const all = Object.entries(raw.$defs.settings.properties)
    .sort(([, a], [, b]) => a['x-order'] - b['x-order'])
    .map(([name, one]) => fieldOf(name, one));
  const tabs = raw['x-tabs']
    .map((tab) => ({ ...tab, fields: all.filter((field) => field.tab === tab.id) }))
    .filter((tab) => tab.fields.length > 0);
  return { fields: new Map(all.map((field) => [field.name, field])), tabs };
}

/** The headings of a tab, in order, each with what is under it. */
export function groupsOf(fields: readonly Field[]): { title: Words | null; fields: Field[] }[] {
  const groups: { title: Words | null; fields: Field[] }[] = [];
  for (const field of fields) {
    const known = groups.find((group) => group.title?.es === field.group?.es);
    if (known) known.fields.push(field);
    else groups.push({ title: field.group, fields: [field] });
  }
  return groups;
}

export const valueOf = (settings: Settings, name: string): Value | undefined =>
  Object.hasOwn(settings, name) ? settings[name] : undefined;
