// What is known of a call beside its words: what was extracted, which tools worked, what it cost, what
// happened. Members that a server does not give are not shown.

import type { ToolCall } from '../../../generated/api';
import type { CallRecord } from '../../history_api';
import { duration, milliseconds } from '../../format';
import { locale, lookUp, words } from '../../i18n/i18n';

/** As text: an object's members one a line, whatever is in them. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2);
}

export function Extracted({ record: { call } }: { record: CallRecord }) {
  const t = words.value.call;
  const state = call.extraction?.state;
  const data = Object.entries(call.extracted_data ?? {}).filter(([, value]) => textOf(value) !== '');
  if (data.length === 0 && state !== 'waiting' && state !== 'running' && state !== 'failed') return null;
  return (
    <>
      <h2>{t.extracted}</h2>
      {(state === 'waiting' || state === 'running') && <p class="note">{t.extractionWaiting}</p>}
      {state === 'failed' && (
        <p class="note">
          {t.extractionFailed} {call.extraction?.error}
        </p>
      )}
      <dl class="facts" data-testid="extracted">
        {data.map(([name, value]) => (
          <div key={name}>
            <dt>{lookUp(t.fields, name)}</dt>
            <dd>{typeof value === 'object' ? <Nested value={value as object} /> : lookUp(t.values, textOf(value))}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Nested({ value }: { value: object }) {
  if (Array.isArray(value)) return <>{value.map(textOf).join(', ')}</>;
  const members = Object.entries(value).filter(([, one]) => textOf(one) !== '');
  return (
    <ul>
      {members.map(([name, one]) => (
        <li key={name}>
          {lookUp(words.value.call.fields, name)}: {textOf(one)}
        </li>
      ))}
    </ul>
  );
}

export function Tools({ tools }: { tools: readonly ToolCall[] }) {
  const t = words.value.call;
  if (tools.length === 0) return null;
  return (
    <section aria-labelledby="tools-title" data-testid="tools">
      <h2 id="tools-title">{t.tools}</h2>
      {tools.map((tool, index) => (
        <details key={index} class="panel tool">
          <summary>
            <span>{duration(tool.since_start_ms)}</span> <code>{tool.name}</code>{' '}
            <span class={`tag ${tool.ok ? 'tag-ok' : 'tag-bad'}`}>{tool.ok ? t.toolOk : t.toolFailed}</span>{' '}
            <span class="note">{milliseconds(tool.duration_ms, locale.value)}</span>
          </summary>
          <h3>{t.toolArguments}</h3>
          <pre tabIndex={0}>{textOf(tool.arguments)}</pre>
          <h3>{t.toolResult}</h3>
          <pre tabIndex={0}>{textOf(tool.result)}</pre>
        </details>
      ))}
    </section>
  );
}

export function Cost({ record: { call } }: { record: CallRecord }) {
  const t = words.value.call;
  const amount = call.cost?.amount;
  if (typeof amount !== 'number' && !call.usage) return null;
  const money = (value: number) =>
    new Intl.NumberFormat(locale.value, {
      style: 'currency',
      currency: call.cost?.currency ?? 'USD',
      maximumFractionDigits: 4,
    }).format(value);
  const parts = Object.entries(call.cost?.parts ?? {}).filter(([, value]) => typeof value === 'number');
  return (
    <>
      {typeof amount === 'number' && (
        <>
          <h2>{t.cost}</h2>
          <dl class="facts" data-testid="cost">
            <div>
              <dt>{t.cost}</dt>
              <dd>
                <strong>{money(amount)}</strong>
              </dd>
            </div>
            {parts.map(([name, value]) => (
              <div key={name}>
                <dt>{name.toUpperCase()}</dt>
                <dd>{money(value as number)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {call.usage && (
        <details class="usage">
          <summary>{t.usage}</summary>
          <pre tabIndex={0}>{textOf(call.usage)}</pre>
        </details>
      )}
    </>
  );
}

export function Events({ record }: { record: CallRecord }) {
  const t = words.value.call;
  const { events } = record;
  return (
    <section class="raw-events">
      {events.length > 0 && (
        <details data-testid="events">
          <summary>{t.events(events.length)}</summary>
          <ol class="event-list">
            {events.map((event, index) => (
              <li key={index}>
                <span class="event-when">{(event.since_start_ms / 1000).toFixed(3)}</span> <code>{event.name}</code>{' '}
                {event.detail}
              </li>
            ))}
          </ol>
        </details>
      )}
      <details>
        <summary>{t.raw}</summary>
        <pre tabIndex={0}>{JSON.stringify(record, null, 2)}</pre>
      </details>
    </section>
  );
}
