// Who looks at the dashboard, and what they may do.

import { computed, signal } from '@preact/signals';

export type Role = 'viewer' | 'editor' | 'admin';

export interface Session {
  user: { name: string; role: Role };
  csrf_token: string | null; // null: not signed in by a session
}

export const session = signal<Session | null>(null);
export const csrfToken = computed(() => session.value?.csrf_token ?? '');

const kRanks: Record<Role, number> = { viewer: 0, editor: 1, admin: 2 };

/** Until the server has said who it is, nothing is hidden: it refuses by itself what is not allowed. */
export function may(role: Role): boolean {
  return session.value === null || kRanks[session.value.user.role] >= kRanks[role];
}
