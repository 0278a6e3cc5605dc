// A long text that may name variables: they are put in where the cursor is.

import { useRef } from 'preact/hooks';
import { words } from '../../i18n/i18n';
import { kOfTheCall } from './check';
import type { ControlProps } from './control';

export function PromptControl({ id, field, value, invalid, disabled, describedBy, sibling, onChange }: ControlProps) {
  const t = words.value.agentes;
  const box = useRef<HTMLTextAreaElement>(null);
  const own = Object.keys((sibling('dynamic_vars') ?? {}) as Record<string, string>);
  const insert = (name: string) => {
    const element = box.current;
    if (!element) return;
    const { selectionStart: from, selectionEnd: to } = element;
    const text = `{{${name}}}`;
    onChange(String(value).slice(0, from) + text + String(value).slice(to));
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(from + text.length, from + text.length);
    });
  };
  return (
    <>
      <textarea
        ref={box}
        id={id}
        disabled={disabled}
        aria-describedby={describedBy}
        aria-invalid={invalid}
        rows={field.high > 2000 ? 14 : 3}
        value={String(value)}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {!disabled && (
        <details class="variable-chips">
          <summary>{t.insertVariable}</summary>
          <div class="chips">
            {[...own, ...kOfTheCall].map((name) => (
              <button key={name} type="button" class="chip" onClick={() => insert(name)}>
                {name}
              </button>
            ))}
          </div>
        </details>
      )}
    </>
  );
}
