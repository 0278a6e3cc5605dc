// The keys with which programs use the API. Each is shown once, when it is made.

import { useState } from 'preact/hooks';
import { Confirm } from '../../components/confirm';
import { Loading } from '../../components/loading';
import { ProblemBox } from '../../components/problem_box';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { useLoad } from '../../components/use_load';
import { words } from '../../i18n/i18n';
import { may, type Role } from '../../session';
import { createKey, listKeys, revokeKey, type ApiKey } from '../../settings_api';
import { problemOf, type Problem } from '../problem_of';
import { RoleChoice } from './role_choice';

export function Keys() {
  const t = words.value.ajustes.keys;
  const keys = useLoad(listKeys, '');
  const valid = keys.value?.filter((key) => key.revoked_at === null) ?? [];
  return (
    <section class="panel tab-panel" aria-labelledby="keys-title">
      <h2 id="keys-title" class="group-title">
        {t.title}
      </h2>
      <p class="note">{t.help}</p>
      <Loading of={keys} />
      {keys.value && valid.length === 0 && <p class="empty">{t.empty}</p>}
      <ul class="rows things" data-testid="keys">
        {valid.map((key) => (
          <Row key={key.id} apiKey={key} onRevoked={keys.reload} />
        ))}
      </ul>
      {keys.value && may('admin') && <Create onCreated={keys.reload} />}
    </section>
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
  const t = words.value.ajustes.keys;
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState('');
  const [made, setMade] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = async () => {
    try {
      const { key } = await createKey({
        name: name.trim(),
        role,
        ...(days === '' ? {} : { expires_in_days: Number(days) }),
      });
      setMade(key);
      setName('');
      setProblem(null);
      await onCreated();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <form
      class="new-thing"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h3>{t.add}</h3>
      {problem && <ProblemBox {...problem} title={words.value.ajustes.users.failed} />}
      {made && (
        <div class="warning" role="status" data-testid="new-key">
          <p>{t.onlyNow}</p>
          <p>
            <code>{made}</code>
          </p>
          <button
            type="button"
            onClick={() =>
              void navigator.clipboard?.writeText(made).then(() => toast({ text: t.copied }))
            }
          >
            {t.copy}
          </button>
        </div>
      )}
      <label>
        {t.name}
        <input type="text" required maxLength={100} autoComplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <RoleChoice label={words.value.ajustes.users.role} value={role} onChange={setRole} shown />
      <label>
        {t.days}
        <input type="number" min={1} max={3650} value={days} onInput={(e) => setDays(e.currentTarget.value)} />
      </label>
      <button type="submit" class="primary">
        {t.addAction}
      </button>
    </form>
  );
}
