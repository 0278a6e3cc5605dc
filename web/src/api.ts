// The server's HTTP contract, as types and one function a request; the agents' is in agents_api.ts.

import { language } from './preferences';
import { csrfToken, session, type Session } from './session';

export interface CallSummary {
  id: string | number;
  session_id: string;
  client_type: string; // "browser", "twilio", "telnyx"
  direction: string; // "inbound", "outbound"
  from: string | null;
  to: string | null;
  provider_call_id: string | null;
  agent: string | null;
  status: string; // "active", "completed", "failed"
  end_cause: string | null;
  start_time: string; // ISO 8601, UTC, with milliseconds
  end_time: string | null;
  duration_ms: number | null;
}

export interface CallDetail extends CallSummary {
  error: string | null;
  extracted_data?: Record<string, unknown> | null;
  extraction?: { state: string; error: string } | null;
  recording?: { duration_ms: number; bytes: number } | null;
  usage?: Record<string, unknown> | null;
  cost?: { amount?: number; currency?: string; parts?: Record<string, unknown> } | null;
}

export interface CallEvent {
  name: string;
  detail: string;
  time: string;
  since_start_ms: number;
}

export interface ToolCall {
  id: string;
  name: string;
  arguments: unknown;
  result: unknown;
  ok: boolean;
  duration_ms: number;
  since_start_ms: number;
}

export interface Transcript {
  role: 'user' | 'assistant';
  content: string;
  generated: string | null;
  interrupted: boolean;
  timestamp: string;
  timings: Record<string, number | null> | null;
}

export interface CallPage {
  calls: CallSummary[];
  next_cursor: string | null;
  newest?: string | null; // names the first call, for counting those since
}

export interface CallRecord {
  call: CallDetail;
  transcripts: Transcript[];
  events?: CallEvent[];
  tool_calls?: ToolCall[];
}

export interface SimulatorReady {
  status: string;
  version: string;
  client_id: string;
  phrases?: string[];
  agent?: { name?: string; language?: string; voice?: string };
}

/** A value the server does not take, by its place in the body (JSON Pointer). */
export interface Mistake {
  path: string;
  code: string;
  message: string;
}

/** What went wrong with a request. `code` is the server's, or one of ours: `unreachable`, `unreadable`. */
export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: there was no answer
    readonly code: string,
    message: string,
    readonly mistakes: readonly Mistake[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get signedOut(): boolean {
    return this.status === 401 || this.code === 'unauthorized';
  }
}

let sessionAsked: Promise<void> | null = null;

/** Asks who is signed in. Without an answer the page works on; what the session may not do, the server refuses. */
export function readSession(): Promise<void> {
  sessionAsked ??= request<Session>('/api/v1/session').then(
    (found) => void (session.value = found),
    () => void (sessionAsked = null),
  );
  return sessionAsked;
}

export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  // What changes anything needs the session's token.
  if (init.method && init.method !== 'GET') await readSession();
  let response: Response;
  try {
    response = await fetch(path, {
      credentials: 'same-origin',
      cache: 'no-store',
      ...init,
      headers: {
        Accept: 'application/json',
        'Accept-Language': language.value,
        // Of a session's requests that change anything; a page of another site does not know it.
        ...(init.method && init.method !== 'GET' && csrfToken.value ? { 'X-CSRF-Token': csrfToken.value } : {}),
        ...init.headers,
      },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', '');
  }
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    if (response.ok) throw new ApiError(response.status, 'unreadable', '');
  }
  if (!response.ok) {
    const error = (body as { error?: { code?: unknown; message?: unknown; mistakes?: unknown } } | null)?.error;
    throw new ApiError(
      response.status,
      typeof error?.code === 'string' ? error.code : `http-${response.status}`,
      typeof error?.message === 'string' ? error.message : '',
      Array.isArray(error?.mistakes) ? (error.mistakes as Mistake[]) : [],
    );
  }
  return body as T;
}

export function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body: unknown = {}): Promise<T> {
  return request<T>(path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export function listCalls(options: { limit: number; cursor?: string | null }, signal?: AbortSignal): Promise<CallPage> {
  const query = new URLSearchParams({ limit: String(options.limit) });
  if (options.cursor) query.set('cursor', options.cursor);
  return request<CallPage>(`/api/v1/calls?${query}`, signal ? { signal } : {});
}

export function getCall(id: string, signal?: AbortSignal): Promise<CallRecord> {
  return request<CallRecord>(`/api/v1/calls/${encodeURIComponent(id)}`, signal ? { signal } : {});
}

/** Without an agent's name the default one answers, without a profile as in the browser. */
export function startSimulator(
  choice: { agent?: string; profile?: string; variables?: Record<string, string> } = {},
): Promise<SimulatorReady> {
  return request<SimulatorReady>('/ws/simulator/v2/start', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(choice),
  });
}

export function simulatorSocketUrl(clientId: string, page: Location = location): string {
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${page.host}/ws/simulator/v2/stream?client_id=${encodeURIComponent(clientId)}`;
}
