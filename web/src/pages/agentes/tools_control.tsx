// The web services that a model can use, a form each.

import { useState } from 'preact/hooks';
import { words } from '../../i18n/i18n';
import type { ControlProps } from './control';
import { argumentsOf, kArgumentTypes, kNewTool, withArguments, withMember, type Argument, type Tool } from './tool_value';

export function ToolsControl({ id, value, disabled, describedBy, onChange }: ControlProps) {
  const t = words.value.agentes.tools;
  const tools = (Array.isArray(value) ? value : []) as readonly Tool[];
  const put = (at: number, tool: Tool) => onChange(tools.map((one, index) => (index === at ? tool : one)));
  return (
    <div class="tools-control" role="group" id={id} tabIndex={-1} aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {tools.map((tool, at) => (
        <ToolForm
          key={at}
          id={`${id}-${at}`}
          tool={tool}
          disabled={disabled}
          onChange={(next) => put(at, next)}
          onRemove={() => onChange(tools.filter((_, index) => index !== at))}
        />
      ))}
      <button type="button" disabled={disabled} onClick={() => onChange([...tools, kNewTool])}>
        {t.add}
      </button>
    </div>
  );
}

interface ToolFormProps {
  id: string;
  tool: Tool;
  disabled: boolean;
  onChange: (tool: Tool) => void;
  onRemove: () => void;
}

function ToolForm({ id, tool, disabled, onChange, onRemove }: ToolFormProps) {
  const t = words.value.agentes.tools;
  const set = <K extends keyof Tool>(member: K) => (value: Tool[K] | '') => onChange(withMember(tool, member, value));
  const text = (member: 'name' | 'description' | 'url' | 'secret', label: string, hint: string) => (
    <label class={member === 'description' || member === 'url' ? 'wide' : ''}>
      {label}
      <input
        type="text"
        autoComplete="off"
        data-member={member}
        placeholder={hint}
        disabled={disabled}
        value={tool[member] ?? ''}
        onInput={(event) => set(member)(event.currentTarget.value)}
      />
    </label>
  );
  const number = (member: 'timeout_ms' | 'retries', label: string, low: number, high: number, initial: number) => (
    <label>
      {label}
      <input
        type="number"
        data-member={member}
        min={low}
        max={high}
        placeholder={String(initial)}
        disabled={disabled}
        value={tool[member] ?? ''}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          set(member)(typed === '' ? '' : Number(typed));
        }}
      />
    </label>
  );
  return (
    <fieldset class="tool-form" data-tool={tool.name}>
      <legend>{tool.name === '' ? t.unnamed : tool.name}</legend>
      {text('name', t.name, 'consultar_saldo')}
      <label>
        {t.method}
        <select
          data-member="method"
          disabled={disabled}
          value={tool.method ?? 'POST'}
          onChange={(event) => set('method')(event.currentTarget.value)}
        >
          <option value="POST">POST</option>
          <option value="GET">GET</option>
        </select>
      </label>
      {text('description', t.description, t.descriptionHint)}
      {text('url', t.url, 'https://')}
      <Arguments id={id} tool={tool} disabled={disabled} onChange={onChange} />
      <details class="wide">
        <summary>{t.more}</summary>
        <div class="tool-more">
          {text('secret', t.secret, 'CLAVE_DEL_CRM')}
          {number('timeout_ms', t.timeout, 500, 9000, 5000)}
          {number('retries', t.retries, 0, 3, 1)}
        </div>
      </details>
      <button type="button" class="quiet" aria-label={`${t.remove} ${tool.name}`} disabled={disabled} onClick={onRemove}>
        {t.remove}
      </button>
    </fieldset>
  );
}

function Arguments({ id, tool, disabled, onChange }: Omit<ToolFormProps, 'onRemove'>) {
  const t = words.value.agentes.tools;
  const rows = argumentsOf(tool);
  if (rows === null) return <Schema id={id} tool={tool} disabled={disabled} onChange={onChange} />;
  const put = (at: number, change: Partial<Argument>) =>
    onChange(withArguments(tool, rows.map((row, index) => (index === at ? { ...row, ...change } : row))));
  return (
    <div class="wide arguments" role="group" aria-label={t.arguments}>
      <p class="arguments-title">{t.arguments}</p>
      {rows.map((row, at) => (
        <div class="argument" key={at}>
          <input
            type="text"
            aria-label={t.argumentName}
            placeholder={t.argumentName}
            disabled={disabled}
            value={row.name}
            onInput={(event) => put(at, { name: event.currentTarget.value })}
          />
          <select
            aria-label={t.argumentType}
            disabled={disabled}
            value={row.type}
            onChange={(event) => put(at, { type: event.currentTarget.value as Argument['type'] })}
          >
            {kArgumentTypes.map((type) => (
              <option key={type} value={type}>
                {t.types[type]}
              </option>
            ))}
          </select>
          <input
            type="text"
            aria-label={t.argumentHelp}
            placeholder={t.argumentHelp}
            disabled={disabled}
            value={row.description}
            onInput={(event) => put(at, { description: event.currentTarget.value })}
          />
          <label class="check">
            <input
              type="checkbox"
              disabled={disabled}
              checked={row.required}
              onChange={(event) => put(at, { required: event.currentTarget.checked })}
            />
            {t.required}
          </label>
          <button
            type="button"
            class="quiet"
            aria-label={`${t.removeArgument} ${row.name}`}
            disabled={disabled}
            onClick={() => onChange(withArguments(tool, rows.filter((_, index) => index !== at)))}
          >
            ×
          </button>
        </div>
      ))}
      <button
        type="button"
        // Arguments are told apart by their names, so that there is one nameless at a time.
        disabled={disabled || rows.some((row) => row.name === '')}
        onClick={() => onChange(withArguments(tool, [...rows, { name: '', type: 'string', description: '', required: false }]))}
      >
        {t.addArgument}
      </button>
    </div>
  );
}

/** A schema that rows cannot show. */
function Schema({ id, tool, disabled, onChange }: Omit<ToolFormProps, 'onRemove'>) {
  const t = words.value.agentes.tools;
  const [typed, setTyped] = useState(() => JSON.stringify(tool.parameters, null, 2));
  const [wrong, setWrong] = useState(false);
  return (
    <label class="wide" for={`${id}-schema`}>
      {t.schema}
      <textarea
        id={`${id}-schema`}
        rows={8}
        spellcheck={false}
        disabled={disabled}
        aria-invalid={wrong}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          try {
            onChange({ ...tool, parameters: JSON.parse(event.currentTarget.value) as Record<string, unknown> });
            setWrong(false);
          } catch {
            setWrong(true);
          }
        }}
      />
      {wrong && <span class="setting-wrong">{t.schemaWrong}</span>}
    </label>
  );
}
