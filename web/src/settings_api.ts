// The part of the server's contract that the settings and the overview use.

import type { Role, Webhook } from '../generated/api';
import { ask, type Answer } from './api';
import { zone } from './history_api';

export type System = Answer<'GET /api/v1/system'>;

export const listAudit = async (limit: number, before?: number) =>
  (await ask('GET /api/v1/audit-log', { query: { limit, ...(before === undefined ? {} : { before }) } })).entries;

// --- The system ---

export const getSystem = () => ask('GET /api/v1/system');
export const stopCalls = (reason: string) => ask('POST /api/v1/system/stop', { body: { reason } });
export const resumeCalls = () => ask('POST /api/v1/system/resume');

export const kLogLevels = ['trace', 'debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof kLogLevels)[number];
export const setLogLevel = (level: LogLevel) => ask('PUT /api/v1/system/log-level', { body: { level } });

export const listIncidents = async (limit: number) =>
  (await ask('GET /api/v1/incidents', { query: { limit } })).incidents;

export const listInstances = async () => (await ask('GET /api/v1/instances')).instances;

export const listRefused = (limit: number) => ask('GET /api/v1/system/refused-records', { query: { limit } });
export const settleRefused = (action: 'retry' | 'discard') =>
  ask('POST /api/v1/system/refused-records', { body: { action, all: true } });

// --- Figures ---

export const getStats = (from: Date, to: Date, bucket: 'hour' | 'day') =>
  ask('GET /api/v1/stats', { query: { from: from.toISOString(), to: to.toISOString(), bucket, tz: zone() } });

// --- Users and keys ---

export const listUsers = async () => (await ask('GET /api/v1/users')).users;
export const createUser = (body: { name: string; password: string; role: Role }) => ask('POST /api/v1/users', { body });
export const changeUser = (id: number, body: { role?: Role; disabled?: boolean }) =>
  ask('PATCH /api/v1/users/{id}', { path: { id }, body });
export const deleteUser = (id: number) => ask('DELETE /api/v1/users/{id}', { path: { id } });

export const listKeys = async () => (await ask('GET /api/v1/api-keys')).api_keys;
export const createKey = (body: { name: string; role: Role; expires_in_days?: number }) =>
  ask('POST /api/v1/api-keys', { body });
export const revokeKey = (id: number) => ask('DELETE /api/v1/api-keys/{id}', { path: { id } });

// --- Webhooks ---

export type WebhookEvent = Webhook['events'][number];
const kEach: Record<WebhookEvent, true> = {
  'call.started': true,
  'call.ended': true,
  'global_stop.activated': true,
  'global_stop.cleared': true,
};
export const kWebhookEvents = Object.keys(kEach) as WebhookEvent[];

export const listWebhooks = async () => (await ask('GET /api/v1/webhooks')).webhooks;
export const createWebhook = (body: Omit<Webhook, 'id'>) => ask('POST /api/v1/webhooks', { body });
export const changeWebhook = (id: number, body: Partial<Omit<Webhook, 'id'>>) =>
  ask('PATCH /api/v1/webhooks/{id}', { path: { id }, body });
export const deleteWebhook = (id: number) => ask('DELETE /api/v1/webhooks/{id}', { path: { id } });
export const testWebhook = (id: number) => ask('POST /api/v1/webhooks/{id}/test', { path: { id } });

export const listDeliveries = async (limit: number) =>
  (await ask('GET /api/v1/webhook-deliveries', { query: { limit } })).deliveries;
export const redeliver = (id: number) => ask('POST /api/v1/webhook-deliveries/{id}/redeliver', { path: { id } });
