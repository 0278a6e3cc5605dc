// What the providers offer, read once when a form first asks.

import { signal } from '@preact/signals';
import type { ModelCatalogue, VoiceCatalogue, VoicePreview } from '../generated/api';
import { ApiError, readSession, request } from './api';
import { csrfToken } from './session';

export type Voice = VoiceCatalogue['voices'][number];
export type Model = ModelCatalogue['models'][number];

export const voices = signal<VoiceCatalogue | null>(null);
export const models = signal<ModelCatalogue | null>(null);

let asked = false;

/** A form works without: then names are typed. */
export function loadCatalogues(): void {
  if (asked) return;
  asked = true;
  const read = <T>(what: string, into: { value: T | null }) =>
    request<T>(`/api/v1/catalogue/${what}`).then(
      (found) => (into.value = found),
      () => (asked = false),
    );
  void read<VoiceCatalogue>('voices', voices);
  void read<ModelCatalogue>('models', models);
}

let playing: { context: AudioContext; stop: () => void } | null = null;

export function stopPreview(): void {
  playing?.stop();
}

/** Says `what`; resolves when it has been said or was stopped. Rejects with an ApiError. */
export async function playPreview(what: VoicePreview): Promise<void> {
  stopPreview();
  const context = new AudioContext();
  try {
    await readSession();
    const response = await fetch('/api/v1/voices/preview', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(csrfToken.value ? { 'X-CSRF-Token': csrfToken.value } : {}) },
      body: JSON.stringify(what),
    });
    if (!response.ok) throw await refusal(response);
    const sound = await context.decodeAudioData(await response.arrayBuffer());
    await new Promise<void>((resolve) => {
      const node = context.createBufferSource();
      node.buffer = sound;
      node.connect(context.destination);
      node.onended = () => resolve();
      node.start();
      playing = { context, stop: resolve };
    });
  } finally {
    if (playing?.context === context) playing = null;
    void context.close();
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null;
  return new ApiError(response.status, body?.error?.code ?? 'unreadable', body?.error?.message ?? '');
}
