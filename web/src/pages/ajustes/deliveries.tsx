// What was told to whom, newest first, and telling it again.

import { useState } from 'preact/hooks';
import { Loading } from '../../components/loading';
import { ProblemBox } from '../../components/problem_box';
import { Time } from '../../components/time';
import { useLoad } from '../../components/use_load';
import { lookUp, words } from '../../i18n/i18n';
import { may } from '../../session';
import { listDeliveries, redeliver, type Webhook } from '../../settings_api';
import { problemOf, type Problem } from '../problem_of';

const kTones = { pending: 'tag-live', delivered: 'tag-ok', dead: 'tag-bad' };

export function Deliveries({ webhooks }: { webhooks: readonly Webhook[] }) {
  const t = words.value.ajustes.deliveries;
  const deliveries = useLoad(() => listDeliveries(50), '', 10_000);
  const [problem, setProblem] = useState<Problem | null>(null);
  const again = async (id: number) => {
    try {
      await redeliver(id);
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
    await deliveries.reload();
  };
  const urlOf = (id: number) => webhooks.find((webhook) => webhook.id === id)?.url ?? `#${id}`;
  return (
    <section class="panel tab-panel" aria-labelledby="deliveries-title">
      <h2 id="deliveries-title" class="group-title">
        {t.title}
      </h2>
      <p class="note">{t.help}</p>
      <Loading of={deliveries} />
      {problem && <ProblemBox {...problem} title={t.failed} />}
      {deliveries.value?.length === 0 && <p class="empty">{t.empty}</p>}
      <ul class="rows things" data-testid="deliveries">
        {deliveries.value?.map((one) => (
          <li key={one.id} data-state={one.state}>
            <span class={`tag ${kTones[one.state]}`}>{t.states[one.state]}</span>
            <span class="thing">
              {lookUp(words.value.ajustes.webhooks.events, one.event)}
              <span class="cell-note">{urlOf(one.webhook_id)}</span>
              {one.state !== 'delivered' && one.last_error && <span class="cell-note">{one.last_error}</span>}
            </span>
            <span class="note">
              {t.attempts(one.attempts)}
              {one.last_status !== null && ` · ${one.last_status}`} · <Time iso={one.created_at} />
            </span>
            {may('admin') && one.state !== 'pending' && (
              <button type="button" aria-label={`${t.again} ${one.id}`} onClick={() => void again(one.id)}>
                {t.again}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
