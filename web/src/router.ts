// Where in the dashboard one is: the address's fragment, so that it can be shared and needs no server.

import { signal } from '@preact/signals';

export type Route =
  | { page: 'probar' }
  | { page: 'agentes' }
  | { page: 'agent'; id: string; tab: string; profile: string } // tab empty: the first; profile empty: shared
  | { page: 'historial' }
  | { page: 'call'; id: string };

export function parseRoute(fragment: string): Route {
  const parts = fragment.replace(/^#\/?/, '').split('/');
  if (parts[0] === 'historial') {
    const id = decode(parts[1] ?? '');
    return id === '' ? { page: 'historial' } : { page: 'call', id };
  }
  if (parts[0] === 'agentes') {
    const [id, tab, profile] = [1, 2, 3].map((at) => decode(parts[at] ?? '')) as [string, string, string];
    return id === '' ? { page: 'agentes' } : { page: 'agent', id, tab, profile };
  }
  return { page: 'probar' };
}

export function hrefOf(to: Route): string {
  switch (to.page) {
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

export const route = signal<Route>({ page: 'probar' });

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
      route.value = to;
      return;
    }
    history.pushState(null, '', hrefOf(route.value)); // the address of what is still shown
    heldBack.value = to;
  });
  route.value = parseRoute(location.hash);
}

export function go(to: Route): void {
  location.hash = hrefOf(to);
}
