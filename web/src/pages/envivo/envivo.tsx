// The calls in progress.

import { listCalls } from '../../api';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { useLoad } from '../../components/use_load';
import { words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { partyOf } from '../historial/party';

const kRefreshMs = 3000;

export function EnVivo() {
  const t = words.value.envivo;
  const { value, problem } = useLoad(
    async () => (await listCalls({ limit: 100 })).calls.filter((call) => call.status === 'active'),
    '',
    kRefreshMs,
  );
  return (
    <section aria-labelledby="envivo-title">
      <div class="page-head">
        <h1 id="envivo-title">{t.title}</h1>
      </div>
      {problem && <ProblemBox {...problem} title={t.failed} />}
      {!value && !problem && <Skeleton rows={4} slow={t.slow} />}
      {value && value.length === 0 && (
        <div class="empty">
          <p class="empty-title">{t.empty}</p>
          <p>{t.emptyHow}</p>
        </div>
      )}
      {value && value.length > 0 && (
        <ul class="rows">
          {value.map((call) => (
            <li key={call.id}>
              <a href={hrefOf({ page: 'call', id: String(call.id) })}>{partyOf(call, words.value)}</a>
              <span>{call.agent}</span>
              <Time iso={call.start_time} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
