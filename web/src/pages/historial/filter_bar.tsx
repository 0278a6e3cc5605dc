// What the history is filtered by: chosen here, shown as chips, kept in the address.

import { useEffect, useRef, useState } from 'preact/hooks';
import { readFacets, type Facets, type FacetName, type Filter } from '../../history_api';
import { lookUp, words } from '../../i18n/i18n';
import { replaceQuery } from '../../router';
import { chipsOf, isEmpty, spanOf, whenOf, withMembers, type When } from './filters';

const kTypingMs = 350;
const kFacets: readonly FacetName[] = ['client_type', 'agent', 'status', 'direction', 'end_cause', 'intent', 'sentiment'];

const kMine = new Set<FacetName>(['intent', 'sentiment', 'agent']); // values that a model or people gave

export function FilterBar({ filter }: { filter: Filter }) {
  const t = words.value.historial;
  const now = new Date();
  const [facets, setFacets] = useState<Facets | null>(null);
  const [spanOpen, setSpanOpen] = useState(false);
  const box = useRef<HTMLDetailsElement>(null);
  const change = (members: Filter) => replaceQuery(withMembers(filter, members) as Record<string, string>);
  const when = spanOpen ? 'span' : whenOf(filter, now);
  const chips = chipsOf(filter, words.value, now);
  useEffect(() => {
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key !== 'Escape') return;
      if (event.type === 'pointerdown' && event.target instanceof Node && box.current?.contains(event.target)) return;
      if (box.current) box.current.open = false;
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, []);
  return (
    <div class="filters" role="search" aria-label={t.filters}>
      <div class="filter-row">
        <TypedField name="q" label={t.search} hint={t.searchHint} value={filter.q ?? ''} onValue={(q) => change({ q })} />
        <TypedField
          name="number"
          label={t.number}
          hint={t.numberHint}
          value={filter.number ?? ''}
          onValue={(number) => change({ number })}
        />
        <label class="filter-field">
          <span class="sr-only">{t.when}</span>
          <select
            value={when}
            data-testid="filter-when"
            onChange={(event) => {
              const chosen = event.currentTarget.value as When;
              setSpanOpen(chosen === 'span');
              change(spanOf(chosen, new Date()));
            }}
          >
            {(Object.keys(t.whens) as When[]).map((name) => (
              <option key={name} value={name}>
                {t.whens[name]}
              </option>
            ))}
          </select>
        </label>
        {when === 'span' && (
          <>
            <label class="filter-field">
              <span>{t.from}</span>
              <input type="date" value={filter.from ?? ''} onChange={(event) => change({ from: event.currentTarget.value })} />
            </label>
            <label class="filter-field">
              <span>{t.to}</span>
              <input type="date" value={filter.to ?? ''} onChange={(event) => change({ to: event.currentTarget.value })} />
            </label>
          </>
        )}
        <details
          class="filter-more"
          ref={box}
          onToggle={(event) => {
            if (event.currentTarget.open) void readFacets().then(setFacets, () => setFacets(null));
          }}
        >
          <summary class="button">{t.filters}</summary>
          <div class="filter-panel panel">
            {kFacets.map((name) => (
              <FacetField
                key={name}
                name={name}
                value={filter[name] ?? ''}
                values={facets?.[name] ?? []}
                onValue={(value) => change({ [name]: value })}
              />
            ))}
          </div>
        </details>
      </div>
      {!isEmpty(filter) && (
        <ul class="filter-chips">
          {chips.map((chip) => (
            <li key={chip.names[0]}>
              <button
                type="button"
                class="chip-button"
                data-chip={chip.names[0]}
                aria-label={t.remove(chip.text)}
                onClick={() => {
                  setSpanOpen(false);
                  change(Object.fromEntries(chip.names.map((name) => [name, ''])));
                }}
              >
                {chip.text} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
          <li>
            <button
              type="button"
              class="quiet"
              onClick={() => {
                setSpanOpen(false);
                replaceQuery({});
              }}
            >
              {t.removeAll}
            </button>
          </li>
        </ul>
      )}
    </div>
  );
}

function FacetField(props: {
  name: FacetName;
  value: string;
  values: readonly { value: string; calls: number }[];
  onValue: (value: string) => void;
}) {
  const { name, value, values, onValue } = props;
  const t = words.value;
  const tables = { client_type: t.channels, status: t.statuses, direction: t.directions, end_cause: t.causes };
  const table = name === 'agent' ? {} : kMine.has(name) ? t.call.values : tables[name as keyof typeof tables];
  const say = (one: string) => (kMine.has(name) ? [one] : one.split(',')).map((part) => lookUp(table, part)).join(', ');
  const known = values.some((one) => one.value === value) || value === '';
  return (
    <label class="filter-facet">
      <span>{t.historial.facets[name]}</span>
      <select value={value} data-facet={name} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">{t.historial.any}</option>
        {!known && <option value={value}>{say(value)}</option>}
        {values.map((one) => (
          <option key={one.value} value={one.value}>
            {say(one.value)} ({one.calls})
          </option>
        ))}
      </select>
    </label>
  );
}

/** Takes effect when one pauses in typing, or at Enter. */
function TypedField(props: { name: string; label: string; hint: string; value: string; onValue: (value: string) => void }) {
  const { name, label, hint, value, onValue } = props;
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const typed = useRef(value);
  useEffect(() => {
    if (value !== typed.current) setText(value);
    typed.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (next: string) => {
    clearTimeout(timer.current);
    typed.current = next.trim();
    onValue(next.trim());
  };
  return (
    <label class={`filter-field filter-${name}`}>
      <span class="sr-only">{label}</span>
      <input
        type="search"
        name={name}
        placeholder={name === 'q' ? label : hint}
        title={hint}
        value={text}
        onInput={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => apply(next), kTypingMs);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply(event.currentTarget.value);
        }}
      />
    </label>
  );
}
