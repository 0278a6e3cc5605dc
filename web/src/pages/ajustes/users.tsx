// Who may sign in, and as what.

import { useState } from 'preact/hooks';
import type { Role, User } from '../../../generated/api';
import { Confirm } from '../../components/confirm';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { useLoad } from '../../components/use_load';
import { words } from '../../i18n/i18n';
import { may } from '../../session';
import { changeUser, createUser, deleteUser, listUsers } from '../../settings_api';
import { RoleChoice } from './role_choice';
import { NewThing, TextField, Things, type Act } from './things';

export function Users() {
  const users = useLoad(listUsers, '');
  return (
    <Things
      id="users"
      words={words.value.ajustes.users}
      things={users}
      row={(user, act) => <Row key={user.id} user={user} act={act} />}
    >
      <Create onCreated={users.reload} />
    </Things>
  );
}

function Row({ user, act }: { user: User; act: Act }) {
  const t = words.value.ajustes.users;
  return (
    <li data-user={user.name}>
      <span class="thing">
        <b>{user.name}</b> {user.disabled && <span class="tag tag-warn">{t.disabled}</span>}
        <span class="cell-note">
          {user.last_login_at ? (
            <>
              {t.lastLogin} <Time iso={user.last_login_at} />
            </>
          ) : (
            t.neverIn
          )}
        </span>
      </span>
      {may('admin') ? (
        <>
          <RoleChoice
            label={`${t.role} ${user.name}`}
            value={user.role}
            onChange={(role) => void act(() => changeUser(user.id, { role }))}
          />
          <button
            type="button"
            aria-label={`${user.disabled ? t.enable : t.disable} ${user.name}`}
            onClick={() => void act(() => changeUser(user.id, { disabled: !user.disabled }))}
          >
            {user.disabled ? t.enable : t.disable}
          </button>
          <Confirm
            label={t.remove}
            of={user.name}
            title={t.removeTitle(user.name)}
            help={t.removeHelp}
            danger
            run={async () => {
              await deleteUser(user.id);
              await act(() => Promise.resolve());
              toast({ text: t.removed(user.name) });
            }}
          />
        </>
      ) : (
        <span class="note">{words.value.ajustes.roles[user.role]}</span>
      )}
    </li>
  );
}

function Create({ onCreated }: { onCreated: () => Promise<void> }) {
  const t = words.value.ajustes.users;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const make = async () => {
    await createUser({ name: name.trim(), password, role });
    setName('');
    setPassword('');
    toast({ text: t.created(name.trim()) });
    await onCreated();
  };
  return (
    <NewThing
      words={t}
      make={make}
      help={
        <p class="note" id="password-help">
          {t.passwordHelp}
        </p>
      }
    >
      <TextField label={t.name} required maxLength={100} value={name} onValue={setName} />
      <TextField
        label={t.password}
        type="password"
        required
        minLength={12}
        maxLength={256}
        autoComplete="new-password"
        aria-describedby="password-help"
        value={password}
        onValue={setPassword}
      />
      <RoleChoice label={t.role} value={role} onChange={setRole} shown />
    </NewThing>
  );
}
