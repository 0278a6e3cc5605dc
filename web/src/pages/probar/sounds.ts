// How a call sounds: as a browser can, or as a telephone does.

import type { Profile } from '../../../generated/api';

export type Sound = 'wide' | 'telephone';

/** `encoding` and `rate` (Hz) are what the start message says. */
export const kSounds = {
  wide: { encoding: 'audio/pcm', rate: 16000 },
  telephone: { encoding: 'audio/x-mulaw', rate: 8000 },
} as const;

/** What was chosen; left alone, the profiles of telephones sound like one. */
export function soundOf(chosen: Sound | 'auto', profile: Profile): Sound {
  if (chosen !== 'auto') return chosen;
  return profile === 'browser' ? 'wide' : 'telephone';
}
