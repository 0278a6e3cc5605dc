// The server's list of what a version changed, as the table shows it. Pure.

import type { AgentVersion } from '../../../generated/api';
import type { Value } from '../../agents_api';
import { kScopes, type Change, type Scope } from './draft';

export function changesOfVersion(version: AgentVersion): Change[] {
  return (version.changes ?? []).flatMap(({ path, from, to }) => {
    const parts = path.split('/').filter((part) => part !== '');
    if (parts[0] === 'profiles') parts.shift();
    const [scope, field] = parts;
    if (!(kScopes as string[]).includes(scope ?? '') || field === undefined) return [];
    return [{ scope: scope as Scope, field, from: valueIn(from), to: valueIn(to) }];
  });
}

const valueIn = (told: unknown): Value | undefined => (told ?? undefined) as Value | undefined;
