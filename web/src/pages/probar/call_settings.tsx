// What the agent is told of the caller.

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
        <Pairs />
      </details>
    </div>
  );
}

function Pairs() {
  const t = words.value.agentes;
  const put = (at: number, name: string, value: string) =>
    (variables.value = variables.value.map((pair, index) => (index === at ? [name, value] : pair)));
  return (
    <div class="pairs">
      {variables.value.map(([name, value], at) => (
        <div class="pair" key={at}>
          <input
            type="text"
            aria-label={t.variableName}
            placeholder={t.variableName}
            disabled={busy.value}
            value={name}
            onInput={(event) => put(at, event.currentTarget.value, value)}
          />
          <input
            type="text"
            aria-label={t.variableValue}
            placeholder={t.variableValue}
            disabled={busy.value}
            value={value}
            onInput={(event) => put(at, name, event.currentTarget.value)}
          />
          <button
            type="button"
            class="quiet"
            aria-label={`${t.removeVariable} ${name}`}
            disabled={busy.value}
            onClick={() => (variables.value = variables.value.filter((_, index) => index !== at))}
          >
            ×
          </button>
        </div>
      ))}
      <button
        type="button"
        disabled={busy.value}
        onClick={() => (variables.value = [...variables.value, ['', '']])}
      >
        {t.addVariable}
      </button>
    </div>
  );
}
