// Where in the dashboard one is: the address's fragment, so that it can be shared and needs no server.

import { signal } from '@preact/signals';

export type Route =
  | { page: 'inicio' }
  | { page: 'probar' }
  | { page: 'agentes' }
  | { page: 'agent'; id: string; tab: string; profile: string } // tab empty: the first; profile empty: shared
  | { page: 'envivo'; id: string } // id empty: all of them
  | { page: 'historial' }
  | { page: 'call'; id: string }
  | { page: 'ajustes'; tab: string }; // tab empty: the first

export function parseRoute(fragment: string): Route {
  const parts = fragment.replace(/^#\/?/, '').replace(/\?.*$/, '').split('/');
  if (parts[0] === 'probar') return { page: 'probar' };
  if (parts[0] === 'envivo') return { page: 'envivo', id: decode(parts[1] ?? '') };
  if (parts[0] === 'ajustes') return { page: 'ajustes', tab: decode(parts[1] ?? '') };
  if (parts[0] === 'historial') {
    const id = decode(parts[1] ?? '');
    return id === '' ? { page: 'historial' } : { page: 'call', id };
  }
  if (parts[0] === 'agentes') {
    const [id, tab, profile] = [1, 2, 3].map((at) => decode(parts[at] ?? '')) as [string, string, string];
    return id === '' ? { page: 'agentes' } : { page: 'agent', id, tab, profile };
  }
  return { page: 'inicio' };
}

/** What comes after `?` in the fragment: a page's filters, so that they can be shared. */
export function parseQuery(fragment: string): URLSearchParams {
  const at = fragment.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : fragment.slice(at + 1));
}

export function hrefOf(to: Route, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return pathOf(to) + (text === '' ? '' : `?${text}`);
}

function pathOf(to: Route): string {
  switch (to.page) {
    case 'inicio':
      return '#/inicio';
    case 'envivo':
      return to.id === '' ? '#/envivo' : `#/envivo/${encodeURIComponent(to.id)}`;
    case 'ajustes':
      return to.tab === '' ? '#/ajustes' : `#/ajustes/${encodeURIComponent(to.tab)}`;
    case 'probar':
      return '#/probar';
    case 'agentes':
      return '#/agentes';
    case 'agent':
      return `#/agentes/${[to.id, to.tab, to.profile].map(encodeURIComponent).join('/').replace(/\/+$/, '')}`;
    case 'historial':
      return '#/historial';
    case 'call':
      return `#/historial/${encodeURIComponent(to.id)}`;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = signal<Route>({ page: 'inicio' });
export const query = signal(new URLSearchParams());

/** Where one was about to go when something asked to stay; null: nowhere. */
export const heldBack = signal<Route | null>(null);

let mayLeave: (to: Route) => boolean = () => true;

/** Asked before every change of page. Gives what takes the question back. */
export function guard(question: (to: Route) => boolean): () => void {
  mayLeave = question;
  return () => {
    mayLeave = () => true;
    heldBack.value = null;
  };
}

export function startRouter(): void {
  addEventListener('hashchange', () => {
    const to = parseRoute(location.hash);
    if (mayLeave(to)) {
      show(to);
      return;
    }
    history.pushState(null, '', hrefOf(route.value)); // the address of what is still shown
    heldBack.value = to;
  });
  show(parseRoute(location.hash));
}

function show(to: Route): void {
  route.value = to;
  query.value = parseQuery(location.hash);
}

export function go(to: Route, query: Readonly<Record<string, string>> = {}): void {
  location.hash = hrefOf(to, query);
}

/** Another query of the same page, without a step in the browser's history. */
export function replaceQuery(next: Readonly<Record<string, string>>): void {
  history.replaceState(null, '', hrefOf(route.value, next));
  query.value = parseQuery(location.hash);
}
