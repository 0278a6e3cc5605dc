// How the providers and the servers do, and what went wrong lately.

import { Time } from '../../components/time';
import { useLoad } from '../../components/use_load';
import { lookUp, words } from '../../i18n/i18n';
import { listIncidents, listInstances } from '../../settings_api';
import { system } from '../../system';

const kRefreshMs = 30_000;
const kTones = { closed: 'tag-ok', open: 'tag-bad', 'half-open': 'tag-warn' };

export function Health() {
  return (
    <>
      <Providers />
      <Instances />
      <Incidents />
    </>
  );
}

function Providers() {
  const t = words.value;
  const now = system.value;
  if (!now) return null;
  return (
    <section class="panel card" aria-labelledby="providers-title" data-testid="providers">
      <h2 id="providers-title">{t.inicio.providers}</h2>
      {now.breakers.length === 0 && <p class="note">{t.inicio.providersNone}</p>}
      <ul class="rows">
        {now.breakers.map((one) => (
          <li key={`${one.provider} ${one.operation} ${one.endpoint}`}>
            <span class={`tag ${kTones[one.state]}`}>{t.inicio.breakers[one.state]}</span>
            <span>
              {lookUp(t.banner.operations, one.operation)}
              <span class="cell-note">{one.endpoint || one.provider}</span>
              {one.state !== 'closed' && one.last_error && <span class="cell-note">{one.last_error}</span>}
            </span>
            {one.state !== 'closed' && <Time iso={one.since} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Instances() {
  const t = words.value.inicio;
  const { value } = useLoad(listInstances, '', kRefreshMs);
  const present = value?.filter((one) => one.state !== 'gone') ?? [];
  if (present.length === 0) return null;
  return (
    <section class="panel card" aria-labelledby="instances-title">
      <h2 id="instances-title">{t.instances}</h2>
      <ul class="rows">
        {present.map((one) => (
          <li key={one.id}>
            <span class={`tag ${one.state === 'ready' ? 'tag-ok' : 'tag-warn'}`}>{lookUp(t.instanceStates, one.state)}</span>
            <span>
              {one.host}
              <span class="cell-note">
                {one.version}
                {one.self ? ` · ${t.thisOne}` : ''}
              </span>
            </span>
            <span class="note">{t.liveCalls(one.live_calls)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Incidents() {
  const t = words.value.inicio;
  const { value, missing } = useLoad(() => listIncidents(5), '', kRefreshMs);
  if (!value || missing) return null;
  return (
    <section class="panel card" aria-labelledby="incidents-title">
      <h2 id="incidents-title">{t.incidents}</h2>
      {value.length === 0 && <p class="note">{t.noIncidents}</p>}
      <ul class="rows">
        {value.map((one) => (
          <li key={one.id}>
            <span class={`tag ${one.ended ? '' : 'tag-bad'}`}>{one.ended ? t.over : t.ongoing}</span>
            <span>
              {lookUp(t.incidentKinds, one.kind)}
              <span class="cell-note">{one.reason}</span>
            </span>
            <Time iso={one.began} />
          </li>
        ))}
      </ul>
    </section>
  );
}
