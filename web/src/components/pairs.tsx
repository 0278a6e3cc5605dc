// Variables: a name and a value a row.

import { words } from '../i18n/i18n';

export type Pair = readonly [name: string, value: string];

export interface PairsProps {
  pairs: readonly Pair[];
  disabled: boolean;
  onChange: (pairs: Pair[]) => void;
}

/** The rows and the button for another; whoever shows them gives the group its name. */
export function Pairs({ pairs, disabled, onChange }: PairsProps) {
  const t = words.value.agentes;
  const replace = (at: number, pair: Pair) => onChange(pairs.map((one, index) => (index === at ? pair : one)));
  return (
    <>
      {pairs.map(([name, value], at) => (
        <div class="pair" key={at}>
          <input
            type="text"
            aria-label={t.variableName}
            placeholder={t.variableName}
            disabled={disabled}
            value={name}
            onInput={(event) => replace(at, [event.currentTarget.value, value])}
          />
          <input
            type="text"
            aria-label={t.variableValue}
            placeholder={t.variableValue}
            disabled={disabled}
            value={value}
            onInput={(event) => replace(at, [name, event.currentTarget.value])}
          />
          <button
            type="button"
            class="quiet"
            aria-label={`${t.removeVariable} ${name}`}
            disabled={disabled}
            onClick={() => onChange(pairs.filter((_, index) => index !== at))}
          >
            ×
          </button>
        </div>
      ))}
      <button type="button" disabled={disabled} onClick={() => onChange([...pairs, ['', '']])}>
        {t.addVariable}
      </button>
    </>
  );
}
