// Where in the dashboard one is: the address's fragment, so that it can be shared and needs no server.

import { signal } from '@preact/signals';

export type Route = { page: 'probar' } | { page: 'historial' } | { page: 'call'; id: string };

export function parseRoute(fragment: string): Route {
  const parts = fragment.replace(/^#\/?/, '').split('/');
  if (parts[0] === 'historial') {
    const id = decode(parts[1] ?? '');
    return id === '' ? { page: 'historial' } : { page: 'call', id };
  }
  return { page: 'probar' };
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'probar':
      return '#/probar';
    case 'historial':
      return '#/historial';
    case 'call':
      return `#/historial/${encodeURIComponent(route.id)}`;
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

export function startRouter(): void {
  const read = () => {
    route.value = parseRoute(location.hash);
  };
  addEventListener('hashchange', read);
  read();
}

export function go(to: Route): void {
  location.hash = hrefOf(to);
}
