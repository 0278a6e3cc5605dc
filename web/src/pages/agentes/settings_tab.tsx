// The settings of one part, for all calls or as one profile has them.

import type { SettingName } from '../../agent_settings';
import { words } from '../../i18n/i18n';
import { go } from '../../router';
import { placeOf, wrongOfName, type Wrongs } from './check';
import { kScopes, languagesApart, resolve, withValue, type Draft, type Scope } from './draft';
import { groupsOf, type Form } from './schema';
import { Setting } from './setting';
import { said, wrongText } from './show';

export interface SettingsTabProps {
  agentId: string;
  form: Form;
  tab: Form['tabs'][number];
  draft: Draft;
  scope: Scope;
  wrongs: Wrongs;
  onChange: (draft: Draft) => void;
}

export function SettingsTab({ agentId, form, tab, draft, scope, wrongs, onChange }: SettingsTabProps) {
  const t = words.value.agentes;
  const sibling = (name: SettingName) => {
    const field = form.fields.get(name);
    return field && resolve(draft, scope, field).value;
  };
  const name = wrongs.get('name') ?? wrongOfName(draft.name);
  return (
    <div class="panel tab-panel">
      <fieldset class="segmented profiles">
        <legend class="sr-only">{t.profile}</legend>
        {kScopes.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="profile"
              value={one}
              checked={one === scope}
              onChange={() => go({ page: 'agent', id: agentId, tab: tab.id, profile: one === 'shared' ? '' : one })}
            />
            <span>{t.profiles[one]}</span>
          </label>
        ))}
      </fieldset>
      <p class="note">{t.profileHelp[scope]}</p>
      <LanguagesApart {...{ form, draft, scope, onChange }} />
      {tab === form.tabs[0] && scope === 'shared' && (
        <div class="setting" data-setting="name">
          <div class="setting-head">
            <label for="agent-name">{t.name}</label>
          </div>
          <input
            id="agent-name"
            type="text"
            autoComplete="off"
            aria-describedby="agent-name-help"
            aria-invalid={name !== null}
            value={draft.name}
            onInput={(event) => onChange({ ...draft, name: event.currentTarget.value })}
          />
          <div class="setting-help" id="agent-name-help">
            {name !== null && (
              <p class="setting-wrong" role="alert">
                {wrongText(name)}
              </p>
            )}
            <p>{t.createHint}</p>
          </div>
        </div>
      )}
      {groupsOf(tab.fields).map((group) => (
        <section key={group.title?.es ?? ''} class="group">
          {group.title && <h2 class="group-title">{said(group.title)}</h2>}
          {group.fields.map((field) => (
            <Setting
              key={field.name}
              field={field}
              draft={draft}
              scope={scope}
              variables={form.fields.get('dynamic_vars')}
              sibling={sibling}
              refused={wrongs.get(placeOf(scope, field.name))}
              onChange={onChange}
            />
          ))}
        </section>
      ))}
    </div>
  );
}

function LanguagesApart({ form, draft, scope, onChange }: Pick<SettingsTabProps, 'form' | 'draft' | 'scope' | 'onChange'>) {
  const t = words.value.agentes;
  const apart = languagesApart(draft, scope, form);
  const voice = form.fields.get('voice_language');
  if (!apart || !voice) return null;
  return (
    <div class="warning" role="status" data-testid="languages-apart">
      <p>{t.languagesApart(apart.voice, apart.ear)}</p>
      <button
        type="button"
        onClick={() => onChange(withValue(draft, scope, 'stt_language', resolve(draft, scope, voice).value))}
      >
        {t.useVoiceLanguage}
      </button>
    </div>
  );
}
