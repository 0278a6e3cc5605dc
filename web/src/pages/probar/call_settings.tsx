// What the agent is told of the caller.

import { Pairs } from '../../components/pairs';
import { words } from '../../i18n/i18n';
import { chosenProfile, chosenSound, variables } from './choice';
import { soundOf, type Sound } from './sounds';
import { busy } from './state';

export function CallSettings() {
  const t = words.value.probar;
  const set = variables.value.filter(([name]) => name.trim() !== '').length;
  return (
    <div class="call-settings">
      <label>
        <span>{t.sound}</span>
        <select
          data-testid="sound"
          disabled={busy.value}
          value={chosenSound.value}
          onChange={(event) => (chosenSound.value = event.currentTarget.value as Sound | 'auto')}
        >
          <option value="auto">{t.sounds.auto(t.sounds[soundOf('auto', chosenProfile.value)])}</option>
          <option value="wide">{t.sounds.wide}</option>
          <option value="telephone">{t.sounds.telephone}</option>
        </select>
      </label>
      <details class="variables">
        <summary>
          {t.variables}
          {set > 0 && <span class="tag tag-live">{set}</span>}
        </summary>
        <p class="note">{t.variablesHelp}</p>
        <div class="pairs">
          <Pairs pairs={variables.value} disabled={busy.value} onChange={(pairs) => (variables.value = pairs)} />
        </div>
      </details>
    </div>
  );
}
