// Asks the server who is signed in.

import { request } from './api';
import { session, type Session } from './session';

/** Without an answer the page works on; what the session may not do, the server refuses. */
export async function readSession(): Promise<void> {
  try {
    session.value = await request<Session>('/api/v1/session');
  } catch {
    session.value = null;
  }
}
