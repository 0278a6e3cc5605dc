// The viewer's choices, kept in this browser.

import { effect, signal } from '@preact/signals';

export type Language = 'es' | 'en';
export type Theme = 'auto' | 'light' | 'dark';

/** localStorage may be refused (private windows, policies): then a choice lasts as long as the page. */
export function stored(name: string): string | null {
  try {
    return localStorage.getItem(`centralita.${name}`);
  } catch {
    return null;
  }
}

export function store(name: string, value: string): void {
  try {
    localStorage.setItem(`centralita.${name}`, value);
  } catch {
    // As above.
  }
}

// Spanish first: English only for who chose it.
export const language = signal<Language>(stored('language') === 'en' ? 'en' : 'es');

const theme_ = stored('theme');
export const theme = signal<Theme>(theme_ === 'light' || theme_ === 'dark' ? theme_ : 'auto');

export const microphoneId = signal<string>(stored('microphone') ?? '');

export function applyPreferences(): void {
  effect(() => {
    document.documentElement.lang = language.value;
    store('language', language.value);
  });
  effect(() => {
    if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme.value;
    store('theme', theme.value);
  });
  effect(() => store('microphone', microphoneId.value));
}
