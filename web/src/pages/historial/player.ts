// Where the recording is, for all who show it: the waveform, the transcript.

import { signal } from '@preact/signals';

export const positionMs = signal(0);
export const playing = signal(false);

let element: HTMLAudioElement | null = null;

export function attach(audio: HTMLAudioElement | null): void {
  element = audio;
  if (!audio) {
    positionMs.value = 0;
    playing.value = false;
  }
}

export function toggle(): void {
  if (!element) return;
  if (element.paused) void element.play().catch(() => {});
  else element.pause();
}

export function seek(ms: number): void {
  if (!element) return;
  const most = Number.isFinite(element.duration) ? element.duration : Infinity;
  element.currentTime = Math.max(0, Math.min(ms / 1000, most));
  positionMs.value = element.currentTime * 1000;
}

export function playFrom(ms: number): void {
  seek(ms);
  void element?.play().catch(() => {});
}

/** Of turns that begin at `starts` (ms, ascending), the one that is being said at `now`; -1: none yet. */
export function turnAt(starts: readonly number[], now: number): number {
  let found = -1;
  for (let i = 0; i < starts.length && starts[i]! <= now; i++) found = i;
  return found;
}
