// The server's state as the page last read it: the banner and the overview show it.

import { signal } from '@preact/signals';
import { ApiError } from './api';
import { getSystem, type System } from './settings_api';

const kEveryMs = 10_000;

export const system = signal<System | null>(null);
/** The server does not answer at all. */
export const unreachable = signal(false);

export async function readSystem(): Promise<void> {
  try {
    system.value = await getSystem();
    unreachable.value = false;
  } catch (error) {
    unreachable.value = error instanceof ApiError && error.code === 'unreachable';
  }
}

/** From now on, while the page is looked at. */
export function watchSystem(): void {
  void readSystem();
  setInterval(() => {
    if (document.visibilityState === 'visible') void readSystem();
  }, kEveryMs);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void readSystem();
  });
}
