// What a control suggests of what the providers offer. Pure.

import type { Model, Voice } from '../../catalogue';

export interface Offer {
  value: string;
  label: string;
}

/** The voices of `language` first; `search` is looked for in names, languages and styles, without accents. */
export function voicesFor(all: readonly Voice[], language: string, search: string): Voice[] {
  const wanted = plain(search).split(/\s+/).filter((word) => word !== '');
  const near = (voice: Voice) => (voice.language === language ? 0 : bare(voice.language) === bare(language) ? 1 : 2);
  return all
    .filter((voice) => {
      const said = plain(`${voice.name} ${voice.display} ${voice.language} ${voice.styles.join(' ')}`);
      return wanted.every((word) => said.includes(word));
    })
    .sort((a, b) => near(a) - near(b) || a.language.localeCompare(b.language) || a.display.localeCompare(b.display));
}

export function languagesOf(all: readonly Voice[], locale: string): Offer[] {
  const names = new Intl.DisplayNames([locale], { type: 'language' });
  return [...new Set(all.map((voice) => voice.language))].sort().map((value) => ({ value, label: nameOf(names, value) }));
}

export function stylesOf(all: readonly Voice[], voice: string): Offer[] {
  return (all.find((one) => one.name === voice)?.styles ?? []).map((value) => ({ value, label: value }));
}

export function modelsFor(all: readonly Model[], kind: Model['kind']): Offer[] {
  return all
    .filter((model) => model.kind === kind)
    .map(({ id, context_window: window }) => ({
      value: id,
      label: window === null || kind === 'speech' ? '' : `${Math.round(window / 1024)}k`,
    }));
}

const bare = (tag: string) => tag.toLowerCase().split('-')[0];
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function nameOf(names: Intl.DisplayNames, tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag; // not a tag the browser knows
  }
}
