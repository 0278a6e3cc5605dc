// Who may sign in, and as what.

import { useState } from 'preact/hooks';
import { Confirm } from '../../components/confirm';
import { Loading } from '../../components/loading';
import { ProblemBox } from '../../components/problem_box';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { useLoad } from '../../components/use_load';
import { words } from '../../i18n/i18n';
import { may, type Role } from '../../session';
import { changeUser, createUser, deleteUser, listUsers, type User } from '../../settings_api';
import { problemOf, type Problem } from '../problem_of';
import { RoleChoice } from './role_choice';

export function Users() {
  const t = words.value.ajustes.users;
  const users = useLoad(listUsers, '');
  const [problem, setProblem] = useState<Problem | null>(null);
  const act = async (what: () => Promise<unknown>) => {
    try {
      await what();
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
    await users.reload();
  };
  return (
    <section class="panel tab-panel" aria-labelledby="users-title">
      <h2 id="users-title" class="group-title">
        {t.title}
      </h2>
      <p class="note">{t.help}</p>
      <Loading of={users} />
      {problem && <ProblemBox {...problem} title={t.failed} />}
      {users.value?.length === 0 && <p class="empty">{t.empty}</p>}
      <ul class="rows things" data-testid="users">
        {users.value?.map((user) => (
          <Row key={user.id} user={user} act={act} />
        ))}
      </ul>
      {users.value && may('admin') && <Create onCreated={users.reload} />}
    </section>
  );
}

function Row({ user, act }: { user: User; act: (what: () => Promise<unknown>) => Promise<void> }) {
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
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = async () => {
    try {
      await createUser({ name: name.trim(), password, role });
      setName('');
      setPassword('');
      setProblem(null);
      toast({ text: t.created(name.trim()) });
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
      {problem && <ProblemBox {...problem} title={t.failed} />}
      <label>
        {t.name}
        <input type="text" required maxLength={100} autoComplete="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
      </label>
      <label>
        {t.password}
        <input
          type="password"
          required
          minLength={12}
          maxLength={256}
          autoComplete="new-password"
          aria-describedby="password-help"
          value={password}
          onInput={(e) => setPassword(e.currentTarget.value)}
        />
      </label>
      <RoleChoice label={t.role} value={role} onChange={setRole} shown />
      <button type="submit" class="primary">
        {t.addAction}
      </button>
      <p class="note" id="password-help">
        {t.passwordHelp}
      </p>
    </form>
  );
}
