// A text with suggestions: any value may be typed, for a catalogue is never quite complete.

import type { ControlProps } from './control';
import type { Offer } from './offers';

export function Suggested({ offers, ...props }: ControlProps & { offers: readonly Offer[] }) {
  const { id, value, invalid, disabled, describedBy, onChange } = props;
  return (
    <>
      <input
        id={id}
        type="text"
        list={`${id}-offers`}
        autoComplete="off"
        spellcheck={false}
        disabled={disabled}
        aria-describedby={describedBy}
        aria-invalid={invalid}
        value={String(value)}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={`${id}-offers`}>
        {offers.map(({ value: offer, label }) => (
          <option key={offer} value={offer}>
            {label}
          </option>
        ))}
      </datalist>
    </>
  );
}
