// Which microphones there are.

import { listMicrophones } from './audio_engine';
import { microphones } from './state';

export async function refreshMicrophones(): Promise<void> {
  try {
    microphones.value = await listMicrophones();
  } catch {
    microphones.value = [];
  }
}
