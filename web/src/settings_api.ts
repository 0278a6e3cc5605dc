// The part of the server's contract that the settings and the overview use.

import { request } from './api';

export interface AuditEntry {
  id: number;
  at: string;
  actor: string;
  address: string;
  action: string;
  subject: string;
  details: Readonly<Record<string, unknown>>;
}

export const listAudit = async (limit: number, before?: number) =>
  (
    await request<{ entries: AuditEntry[] }>(
      `/api/v1/audit-log?limit=${limit}${before === undefined ? '' : `&before=${before}`}`,
    )
  ).entries;
