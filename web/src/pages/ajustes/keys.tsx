// The keys with which programs use the API. Each is shown once, when it is made.

import { useState } from 'preact/hooks';
import type { ApiKey, Role } from '../../../generated/api';
import { Confirm } from '../../components/confirm';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { useLoad } from '../../components/use_load';
import { words } from '../../i18n/i18n';
import { may } from '../../session';
import { createKey, listKeys, revokeKey } from '../../settings_api';
import { RoleChoice } from './role_choice';
import { NewThing, TextField, Things } from './things';

const listValidKeys = async () => (await listKeys()).filter((key) => key.revoked_at === null);

export function Keys() {
  const { keys: t, users } = words.value.ajustes;
  const keys = useLoad(listValidKeys, '');
  return (
    <Things
      id="keys"
      words={{ ...t, failed: users.failed }}
      things={keys}
      row={(key) => <Row key={key.id} apiKey={key} onRevoked={keys.reload} />}
    >
      <Create onCreated={keys.reload} />
    </Things>
  );
}

function Row({ apiKey, onRevoked }: { apiKey: ApiKey; onRevoked: () => Promise<void> }) {
  const t = words.value.ajustes.keys;
  return (
    <li data-key={apiKey.name}>
      <span class="thing">
        <b>{apiKey.name}</b> <code>{apiKey.hint}…</code>
        <span class="cell-note">
          {words.value.ajustes.roles[apiKey.role]} · {t.madeBy(apiKey.created_by)} ·{' '}
          {apiKey.last_used_at ? (
            <>
              {t.lastUsed} <Time iso={apiKey.last_used_at} />
            </>
          ) : (
            t.neverUsed
          )}
          {apiKey.expires_at && (
            <>
              {' · '}
              {t.expires} <Time iso={apiKey.expires_at} />
            </>
          )}
        </span>
      </span>
      {may('admin') && (
        <Confirm
          label={t.revoke}
          of={apiKey.name}
          title={t.revokeTitle(apiKey.name)}
          help={t.revokeHelp}
          danger
          run={async () => {
            await revokeKey(apiKey.id);
            await onRevoked();
          }}
        />
      )}
    </li>
  );
}

function Create({ onCreated }: { onCreated: () => Promise<void> }) {
  const { keys: t, users } = words.value.ajustes;
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const make = async () => {
    const expiry = days === '' ? {} : { expires_in_days: Number(days) };
    const { key } = await createKey({ name: name.trim(), role, ...expiry });
    setMade(key);
    setName('');
    await onCreated();
  };
  return (
    <NewThing words={{ ...t, failed: users.failed }} make={make}>
      {made && (
        <div class="warning" role="status" data-testid="new-key">
          <p>{t.onlyNow}</p>
          <p>
            <code>{made}</code>
          </p>
          <button
            type="button"
            onClick={() => void navigator.clipboard?.writeText(made).then(() => toast({ text: t.copied }))}
          >
            {t.copy}
          </button>
        </div>
      )}
      <TextField label={t.name} required maxLength={100} value={name} onValue={setName} />
      <RoleChoice label={users.role} value={role} onChange={setRole} shown />
      <TextField label={t.days} type="number" min={1} max={3650} value={days} onValue={setDays} />
    </NewThing>
  );
}
