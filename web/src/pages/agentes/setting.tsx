// One setting: its label, where its value comes from, its control, its help and what is wrong with it.

import type { SettingName } from '../../agent_settings';
import { kProfiles, type Value } from '../../agents_api';
import { words } from '../../i18n/i18n';
import { check, placeOf, unknownVariables, type Wrong } from './check';
import { Control } from './control';
import { resolve, settingsOf, withValue, type Draft, type Scope } from './draft';
import { valueOf, type Field } from './schema';
import { limitsText, said, valueText, wrongText } from './show';

export interface SettingProps {
  field: Field;
  draft: Draft;
  scope: Scope;
  variables: Field | undefined;
  sibling: (name: SettingName) => Value | undefined;
  /** The server's words; what can be said without it is found here. */
  refused: Wrong | string | undefined;
  onChange: (draft: Draft) => void;
}

export const controlId = (scope: Scope, field: string) => `set-${placeOf(scope, field).replace('/', '-')}`;

export function Setting({ field, draft, scope, variables, sibling, refused, onChange }: SettingProps) {
  const t = words.value.agentes;
  const { value, source } = resolve(draft, scope, field);
  const id = controlId(scope, field.name);
  const own = source === 'own';
  const wrong = refused ?? (own ? check(field, value) : null);
  const locked = scope !== 'shared' && !field.perProfile;
  const title = said(field.title);
  const back = scope === 'shared' ? t.backToInitial : t.backToShared;
  const limits = limitsText(field);
  const initial = valueText(field, field.initial);
  return (
    <div
      class={`setting ${own && scope !== 'shared' ? 'setting-own' : ''}`}
      data-setting={field.name}
      data-source={source}
    >
      <div class="setting-head">
        <label for={field.kind === 'map' || field.widget === 'tools' ? undefined : id} id={`${id}-label`}>
          {title}
        </label>
        {scope !== 'shared' && <span class={`tag ${own ? 'tag-live' : ''}`}>{own ? t.own : t[source === 'shared' ? 'shared' : 'initial']}</span>}
        {own && (
          <button
            type="button"
            class="quiet setting-back"
            aria-label={`${back}: ${title}`}
            onClick={() => onChange(withValue(draft, scope, field.name, undefined))}
          >
            {back}
          </button>
        )}
      </div>
      <Control
        key={scope}
        id={id}
        field={field}
        value={value}
        invalid={wrong !== null}
        disabled={locked}
        describedBy={`${id}-help`}
        sibling={sibling}
        onChange={(next) => onChange(withValue(draft, scope, field.name, next))}
      />
      <div class="setting-help" id={`${id}-help`}>
        {wrong !== null && (
          <p class="setting-wrong" role="alert">
            {wrongText(wrong)}
          </p>
        )}
        <p>
          {said(field.help)} {limits && `${limits}. `.replace('.. ', '. ')}
          {initial.length <= 60 && initial !== t.emptyValue && <span>{t.initialIs(initial)}.</span>}
        </p>
        {locked && <p>{t.onlyShared}</p>}
        {scope === 'shared' && <Overridden field={field} draft={draft} />}
        {field.kind === 'text' && variables && (
          <Unknown text={String(value)} own={resolve(draft, scope, variables).value as Record<string, string>} />
        )}
      </div>
    </div>
  );
}

function Overridden({ field, draft }: { field: Field; draft: Draft }) {
  const t = words.value.agentes;
  const names = kProfiles.filter((profile) => valueOf(settingsOf(draft, profile), field.name) !== undefined);
  if (names.length === 0) return null;
  return <p class="setting-note">{t.overriddenBy(names.map((name) => t.profiles[name]).join(', '))}</p>;
}

function Unknown({ text, own }: { text: string; own: Readonly<Record<string, string>> }) {
  const names = unknownVariables(text, own);
  if (names.length === 0) return null;
  return <p class="setting-note">{words.value.agentes.unknownVariables(names.map((name) => `{{${name}}}`).join(', '))}</p>;
}
