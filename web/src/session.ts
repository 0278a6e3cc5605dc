// Who looks at the dashboard, and what they may do.

import { computed, signal } from '@preact/signals';
import type { Operations, Role } from '../generated/api';

export const kRoles: readonly Role[] = ['viewer', 'editor', 'admin']; // by what they may do

/** Its `csrf_token` is null where one is not signed in by a session. */
export const session = signal<Operations['GET /api/v1/session']['answer'] | null>(null);
export const csrfToken = computed(() => session.value?.csrf_token ?? '');

/** Until the server has said who it is, nothing is hidden: it refuses by itself what is not allowed. */
export function may(role: Role): boolean {
  return session.value === null || kRoles.indexOf(session.value.user.role) >= kRoles.indexOf(role);
}
