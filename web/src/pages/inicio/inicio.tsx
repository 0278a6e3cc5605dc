// What there is to know at a glance.

import { listCalls } from '../../api';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { useLoad } from '../../components/use_load';
import { words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { partyOf } from '../historial/party';

export function Inicio() {
  const t = words.value.inicio;
  const { value, problem } = useLoad(() => listCalls({ limit: 5 }), '', 10_000);
  return (
    <section aria-labelledby="inicio-title">
      <div class="page-head">
        <h1 id="inicio-title">{t.title}</h1>
      </div>
      {problem && <ProblemBox {...problem} title={t.failed} />}
      {!value && !problem && <Skeleton rows={4} slow={t.slow} />}
      {value && value.calls.length === 0 && (
        <div class="empty">
          <p class="empty-title">{t.empty}</p>
          <p>{t.emptyHow}</p>
          <p>
            <a class="button primary" href={hrefOf({ page: 'probar' })}>
              {t.emptyAction}
            </a>
          </p>
        </div>
      )}
      {value && value.calls.length > 0 && (
        <>
          <h2>{t.lastCalls}</h2>
          <ul class="rows">
            {value.calls.map((call) => (
              <li key={call.id}>
                <a href={hrefOf({ page: 'call', id: String(call.id) })}>{partyOf(call, words.value)}</a>
                <span>{call.agent}</span>
                <Time iso={call.start_time} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
