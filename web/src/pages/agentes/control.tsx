// The control of one setting, by its kind.

import { useLayoutEffect, useState } from 'preact/hooks';
import type { SettingName } from '../../agent_settings';
import type { Value } from '../../agents_api';
import { loadCatalogues, models, voices } from '../../catalogue';
import { Pairs, type Pair } from '../../components/pairs';
import { locale } from '../../i18n/i18n';
import { readNumber, readObjects } from './check';
import { same } from './draft';
import { languagesOf, modelsFor, stylesOf } from './offers';
import { PromptControl } from './prompt_control';
import type { Field } from './schema';
import { said, unitText } from './show';
import { Suggested } from './suggested';
import { ToolsControl } from './tools_control';
import { VoiceControl } from './voice_control';

export interface ControlProps {
  id: string;
  field: Field;
  value: Value;
  invalid: boolean;
  disabled: boolean;
  describedBy: string;
  /** What another setting has here. */
  sibling: (name: SettingName) => Value | undefined;
  onChange: (value: Value) => void;
}

export function Control(props: ControlProps) {
  const { id, field, value, invalid, disabled, describedBy, onChange } = props;
  const common = { id, disabled, 'aria-describedby': describedBy, 'aria-invalid': invalid };
  switch (field.kind) {
    case 'switch':
      return (
        <input
          {...common}
          type="checkbox"
          class="switch"
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <select {...common} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
          {field.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {said(choice.title)}
            </option>
          ))}
        </select>
      );
    case 'integer':
    case 'number':
      return <NumberControl {...props} />;
    case 'list':
      return (
        <TypedControl
          {...props}
          rows={5}
          show={(lines) => (lines as string[]).join('\n')}
          read={readLines}
        />
      );
    case 'objects':
      if (field.widget === 'tools') return <ToolsControl {...props} />;
      return (
        <TypedControl
          {...props}
          rows={12}
          show={(list) => (typeof list === 'string' ? list : JSON.stringify(list, null, 2))}
          read={readObjects}
        />
      );
    case 'map':
      return <PairsControl {...props} />;
    case 'text':
      return <TextControl {...props} />;
  }
}

function TextControl(props: ControlProps) {
  const { id, field, value, invalid, disabled, describedBy, sibling, onChange } = props;
  const [known, offered] = [voices.value?.voices ?? [], models.value?.models ?? []];
  if (field.widget !== '') loadCatalogues();
  switch (field.widget) {
    case 'multiline':
      return <PromptControl {...props} />;
    case 'voice':
      return <VoiceControl {...props} />;
    case 'language':
      return <Suggested {...props} offers={languagesOf(known, locale.value)} />;
    case 'voice-style':
      return <Suggested {...props} offers={stylesOf(known, String(sibling('voice_name') ?? ''))} />;
    case 'llm-model':
      return <Suggested {...props} offers={modelsFor(offered, 'chat')} />;
    case 'stt-model':
      return <Suggested {...props} offers={modelsFor(offered, 'speech')} />;
    default:
      return (
        <input
          id={id}
          type="text"
          disabled={disabled}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          value={String(value)}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** What is being typed, which may be on its way to a value: "0." or a line yet empty. */
function useTyped<T>(value: Value, show: (value: Value) => T, read: (typed: T) => Value) {
  const [typed, setTyped] = useState<T>(() => show(value));
  useLayoutEffect(() => {
    if (!same(read(typed), value)) setTyped(show(value));
  }, [value]);
  return [typed, setTyped] as const;
}

function NumberControl({ id, field, value, invalid, disabled, describedBy, onChange }: ControlProps) {
  const [typed, setTyped] = useTyped(value, String, readNumber);
  const unit = unitText(field);
  return (
    <span class="with-unit">
      <input
        id={id}
        type="text"
        class="number-input"
        inputMode={field.low < 0 ? 'text' : 'decimal'}
        autoComplete="off"
        disabled={disabled}
        aria-describedby={`${describedBy}${unit ? ` ${id}-unit` : ''}`}
        aria-invalid={invalid}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          onChange(readNumber(event.currentTarget.value));
        }}
      />
      {unit && (
        <span class="unit" id={`${id}-unit`}>
          {unit}
        </span>
      )}
    </span>
  );
}

const readLines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

interface Typed extends ControlProps {
  rows: number;
  show: (value: Value) => string;
  read: (typed: string) => Value;
}

function TypedControl({ id, value, invalid, disabled, describedBy, onChange, rows, show, read }: Typed) {
  const [typed, setTyped] = useTyped(value, show, read);
  return (
    <textarea
      id={id}
      rows={rows}
      spellcheck={false}
      disabled={disabled}
      aria-describedby={describedBy}
      aria-invalid={invalid}
      value={typed}
      onInput={(event) => {
        setTyped(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
      }}
    />
  );
}

const readPairs = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.map(([name, text]) => [name.trim(), text]).filter(([name]) => name !== ''));

function PairsControl({ id, value, disabled, describedBy, onChange }: ControlProps) {
  const [pairs, setPairs] = useTyped<readonly Pair[]>(value, (map) => Object.entries(map as object), readPairs);
  return (
    <div class="pairs" role="group" id={id} tabIndex={-1} aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      <Pairs
        pairs={pairs}
        disabled={disabled}
        onChange={(next) => {
          setPairs(next);
          onChange(readPairs(next));
        }}
      />
    </div>
  );
}
