// Asking the server. What each request takes and answers is the server's own description: see generate.mjs.

import type { InvalidAgent, Operations } from '../generated/api';
import { language } from './preferences';
import { csrfToken, session } from './session';

export type OperationName = keyof Operations;
export type Answer<K extends OperationName> = Operations[K]['answer'];
export type Query<K extends OperationName> = Operations[K]['query'];

type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

type Given<K extends OperationName> = {
  query?: Query<K> | URLSearchParams;
  version?: number; // of what is changed: If-Match
  signal?: AbortSignal;
} & ([Names<K>] extends [never] ? { path?: undefined } : { path: Record<Names<K>, string | number> }) &
  (undefined extends Operations[K]['body'] ? { body?: Operations[K]['body'] } : { body: Operations[K]['body'] });

/** A value the server does not take, by its place in the body (JSON Pointer). */
export type Mistake = NonNullable<NonNullable<InvalidAgent['error']>['mistakes']>[number];

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

/** Asks "METHOD /path", and gives the answer's JSON. Rejects with an ApiError, or as `signal` aborts. */
export async function ask<K extends OperationName>(
  name: K,
  ...[given]: object extends Given<K> ? [Given<K>?] : [Given<K>]
): Promise<Answer<K>> {
  const response = await send(name, given ?? {});
  try {
    return (await response.json()) as Answer<K>;
  } catch {
    throw new ApiError(response.status, 'unreadable', '');
  }
}

interface AnyGiven {
  path?: Readonly<Record<string, string | number>> | undefined;
  query?: object;
  body?: unknown;
  version?: number;
  signal?: AbortSignal;
}

/** As ask(), for answers that are not JSON. */
export async function send(name: OperationName, given: AnyGiven): Promise<Response> {
  const [method, template] = name.split(' ') as [string, string];
  // What changes anything needs the session's token.
  const changes = method !== 'GET';
  if (changes) await readSession();
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.value };
  if (changes) headers['Content-Type'] = 'application/json';
  if (changes && csrfToken.value) headers['X-CSRF-Token'] = csrfToken.value;
  if (given.version !== undefined) headers['If-Match'] = `"${given.version}"`;
  let response: Response;
  try {
    response = await fetch(addressOf(template, given), {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(changes ? { body: JSON.stringify(given.body ?? {}) } : {}),
      ...(given.signal ? { signal: given.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', '');
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** Where "METHOD /path" is, for links and sockets. */
export function addressOf(template: string, { path = {}, query }: Pick<AnyGiven, 'path' | 'query'> = {}): string {
  const place = template.replace(/^\w+ /, '').replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name]!));
  const asked =
    query instanceof URLSearchParams
      ? query
      : new URLSearchParams(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));
  const text = asked.toString();
  return text === '' ? place : `${place}?${text}`;
}

export function socketUrl(address: string, page: Location = location): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}${address}`;
}

async function refusalOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const error = (body as { error?: { code?: unknown; message?: unknown; mistakes?: unknown } } | null)?.error;
  return new ApiError(
    response.status,
    typeof error?.code === 'string' ? error.code : `http-${response.status}`,
    typeof error?.message === 'string' ? error.message : '',
    Array.isArray(error?.mistakes) ? (error.mistakes as Mistake[]) : [],
  );
}

let sessionAsked: Promise<void> | null = null;

/** Asks who is signed in. Without an answer the page works on; what the session may not do, the server refuses. */
export function readSession(): Promise<void> {
  sessionAsked ??= ask('GET /api/v1/session').then(
    (found) => void (session.value = found),
    () => void (sessionAsked = null),
  );
  return sessionAsked;
}
