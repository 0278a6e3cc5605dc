// Which of the three roles.

import { words } from '../../i18n/i18n';
import type { Role } from '../../../generated/api';
import { kRoles } from '../../session';

export interface RoleChoiceProps {
  label: string;
  value: Role;
  shown?: boolean; // the label, and not to screen readers only
  onChange: (role: Role) => void;
}

export function RoleChoice({ label, value, shown, onChange }: RoleChoiceProps) {
  const t = words.value.ajustes;
  const select = (
    <select
      aria-label={shown ? undefined : label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Role)}
    >
      {kRoles.map((role) => (
        <option key={role} value={role}>
          {t.roles[role]}
        </option>
      ))}
    </select>
  );
  return shown ? (
    <label>
      {label}
      {select}
    </label>
  ) : (
    select
  );
}
