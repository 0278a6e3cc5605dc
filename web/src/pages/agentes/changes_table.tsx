// What differs, setting by setting: before it is saved, and in the history of versions.

import type { Value } from '../../agents_api';
import { words } from '../../i18n/i18n';
import type { Change } from './draft';
import type { Form } from './schema';
import { said, valueText } from './show';

export function ChangesTable({ changes, form }: { changes: readonly Change[]; form: Form }) {
  const t = words.value.agentes;
  const show = (field: string, value: Value | undefined) => {
    const known = form.fields.get(field);
    if (value === undefined) return <em>{t.unset}</em>;
    return known ? valueText(known, value) : typeof value === 'string' ? value : JSON.stringify(value);
  };
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={t.review}>
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">{t.setting}</th>
            <th scope="col">{t.before}</th>
            <th scope="col">{t.after}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ scope, field, from, to }) => {
            const known = form.fields.get(field);
            return (
              <tr key={`${scope}/${field}`}>
                <th scope="row">
                  {scope === 'name' ? t.name : known ? said(known.title) : field}
                  {scope !== 'name' && <span class="cell-note">{t.profiles[scope]}</span>}
                </th>
                <td class="change-from">{show(field, from)}</td>
                <td class="change-to">{show(field, to)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
