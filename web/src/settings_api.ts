// The part of the server's contract that the settings and the overview use.

import type { AuditEntry, Stats } from '../generated/api';
import { request, send } from './api';
import type { Role } from './session';

export const listAudit = async (limit: number, before?: number) =>
  (
    await request<{ entries: AuditEntry[] }>(
      `/api/v1/audit-log?limit=${limit}${before === undefined ? '' : `&before=${before}`}`,
    )
  ).entries;

// --- The system ---

export interface Breaker {
  provider: string;
  operation: string;
  endpoint?: string;
  state: 'closed' | 'open' | 'half-open';
  failures: number;
  since: string;
  last_error?: string | null;
  p95_ms?: number | null;
}

export interface System {
  version: string;
  instance: string;
  accepting: boolean;
  stop: { reason: string; since: string; by: string } | null;
  refusing?: { code: string; text: string } | null;
  errors: { in_window: number; limit: number; window_seconds: number };
  admission: { live: number; limit: number | null; lateness_p99_ms?: number };
  breakers: Breaker[];
  log_level: string;
}

export const getSystem = () => request<System>('/api/v1/system');
export const stopCalls = (reason: string) => send<System>('POST', '/api/v1/system/stop', { reason });
export const resumeCalls = () => send<System>('POST', '/api/v1/system/resume');

export const kLogLevels = ['trace', 'debug', 'info', 'warning', 'error'] as const;
export const setLogLevel = (level: string) => send<unknown>('PUT', '/api/v1/system/log-level', { level });

export interface Incident {
  id: number;
  kind: string;
  subject?: string;
  began: string;
  ended: string | null;
  reason: string;
  by: string;
}

export const listIncidents = async (limit: number) =>
  (await request<{ incidents: Incident[] }>(`/api/v1/incidents?limit=${limit}`)).incidents;

export interface Instance {
  id: string;
  host: string;
  version: string;
  started: string;
  live_calls: number;
  state: string; // "ready", "draining", "gone"
  self: boolean;
}

export const listInstances = async () => (await request<{ instances: Instance[] }>('/api/v1/instances')).instances;

// --- Figures ---

export function getStats(from: Date, to: Date, bucket: 'hour' | 'day'): Promise<Stats> {
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), bucket, tz });
  return request<Stats>(`/api/v1/stats?${query}`);
}

// --- Users and keys ---

export interface User {
  id: number;
  name: string;
  role: Role;
  disabled: boolean;
  created_at: string;
  last_login_at: string | null;
}

export const listUsers = async () => (await request<{ users: User[] }>('/api/v1/users')).users;
export const createUser = (user: { name: string; password: string; role: Role }) =>
  send<User>('POST', '/api/v1/users', user);
export const changeUser = (id: number, change: { role?: Role; disabled?: boolean; password?: string }) =>
  send<User>('PATCH', `/api/v1/users/${id}`, change);
export const deleteUser = (id: number) => send<User>('DELETE', `/api/v1/users/${id}`);

export interface ApiKey {
  id: number;
  name: string;
  hint: string;
  role: Role;
  created_by: string;
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  revoked_at: string | null;
}

export const listKeys = async () => (await request<{ api_keys: ApiKey[] }>('/api/v1/api-keys')).api_keys;
export const createKey = (key: { name: string; role: Role; expires_in_days?: number }) =>
  send<ApiKey & { key: string }>('POST', '/api/v1/api-keys', key);
export const revokeKey = (id: number) => send<ApiKey>('DELETE', `/api/v1/api-keys/${id}`);

// --- Webhooks ---

export const kWebhookEvents = ['call.started', 'call.ended', 'global_stop.activated', 'global_stop.cleared'] as const;

export interface Webhook {
  id: number;
  url: string;
  events: string[];
  secret_env: string;
  enabled: boolean;
}

export type WebhookWrite = Omit<Webhook, 'id'>;

export const listWebhooks = async () => (await request<{ webhooks: Webhook[] }>('/api/v1/webhooks')).webhooks;
export const createWebhook = (webhook: WebhookWrite) => send<Webhook>('POST', '/api/v1/webhooks', webhook);
export const changeWebhook = (id: number, change: Partial<WebhookWrite>) =>
  send<Webhook>('PATCH', `/api/v1/webhooks/${id}`, change);
export const deleteWebhook = (id: number) => send<unknown>('DELETE', `/api/v1/webhooks/${id}`);

export interface Delivery {
  id: number;
  webhook_id: number;
  event: string;
  state: 'pending' | 'delivered' | 'dead';
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  next_attempt: string | null;
  created_at: string;
}

export const listDeliveries = async (limit: number) =>
  (await request<{ deliveries: Delivery[] }>(`/api/v1/webhook-deliveries?limit=${limit}`)).deliveries;
export const redeliver = (id: number) => send<unknown>('POST', `/api/v1/webhook-deliveries/${id}/redeliver`);
