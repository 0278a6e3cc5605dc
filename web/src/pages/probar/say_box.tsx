// Words in writing and the telephone's keys, beside the voice.

import { signal } from '@preact/signals';
import { words } from '../../i18n/i18n';
import { press, write } from './simulator';
import { phase } from './state';

const kKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

export const draft = signal('');

export function SayBox() {
  const t = words.value.probar;
  const talking = phase.value === 'talking';
  return (
    <form
      class="say-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (!talking || draft.value.trim() === '') return;
        write(draft.value.trim());
        draft.value = '';
      }}
    >
      <label class="sr-only" for="say-text">
        {t.write}
      </label>
      <input
        id="say-text"
        type="text"
        autoComplete="off"
        maxLength={1000}
        placeholder={t.write}
        title={t.writeHint}
        value={draft.value}
        onInput={(event) => (draft.value = event.currentTarget.value)}
      />
      <button type="submit" disabled={!talking || draft.value.trim() === ''}>
        {t.send}
      </button>
      <details class="keypad">
        <summary class="button">{t.keypad}</summary>
        <div class="keys" role="group" aria-label={t.keypad}>
          {kKeys.map((key) => (
            <button key={key} type="button" aria-label={t.key(key)} disabled={!talking} onClick={() => press(key)}>
              {key}
            </button>
          ))}
        </div>
      </details>
    </form>
  );
}
