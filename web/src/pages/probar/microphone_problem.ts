// Why a microphone did not open, as a problem with advice.

import type { Problem } from '../problem_of';

export function microphoneProblem(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : '';
  const code =
    {
      NotAllowedError: 'microphone-refused',
      SecurityError: 'microphone-insecure',
      NotFoundError: 'microphone-missing',
      OverconstrainedError: 'microphone-missing',
      NotReadableError: 'microphone-busy',
      AbortError: 'microphone-busy',
    }[name] ?? 'microphone-failed';
  return { code, detail: error instanceof Error && code === 'microphone-failed' ? error.message : '' };
}
