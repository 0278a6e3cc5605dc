import { ApiError } from '../api';

/** What a page shows of a request that failed. */
export interface Problem {
  code: string;
  detail: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return { code: error.signedOut ? 'signed-out' : error.code, detail: error.message };
  return { code: 'unexpected', detail: String(error) };
}
