// The words of the page in the viewer's language. Spanish is the source: its shape is the type, so that a
// word missing in English does not compile.

import { computed } from '@preact/signals';
import { language } from '../preferences';
import { en } from './en';
import { es } from './es';

/** The shape of a dictionary: the same keys, any words. */
type Words<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Words<T[K]>;
};

export type Dictionary = Words<typeof es>;

export const dictionaries: Record<'es' | 'en', Dictionary> = { es, en };

export const words = computed<Dictionary>(() => dictionaries[language.value]);

/** For numbers and dates. */
export const locale = computed(() => (language.value === 'es' ? 'es-MX' : 'en-US'));

/** The word for a value that a server may add to at any time: itself, when there is none. */
export function lookUp(table: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(table, name) ? table[name]! : name;
}
