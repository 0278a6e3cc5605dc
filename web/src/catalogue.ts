// What the providers offer, read once when a form first asks.

import { signal } from '@preact/signals';
import type { ModelCatalogue, VoiceCatalogue, VoicePreview } from '../generated/api';
import { ask, send } from './api';

export type Voice = VoiceCatalogue['voices'][number];
export type Model = ModelCatalogue['models'][number];

export const voices = signal<VoiceCatalogue | null>(null);
export const models = signal<ModelCatalogue | null>(null);

let asked = false;

/** A form works without: then names are typed. */
export function loadCatalogues(): void {
  if (asked) return;
  asked = true;
  const forget = () => (asked = false);
  void ask('GET /api/v1/catalogue/voices').then((found) => (voices.value = found), forget);
  void ask('GET /api/v1/catalogue/models').then((found) => (models.value = found), forget);
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
    const response = await send('POST /api/v1/voices/preview', { body: what });
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
