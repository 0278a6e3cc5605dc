// What was told to whom, newest first, and telling it again.

import type { Webhook, WebhookDelivery } from '../../../generated/api';
import { Time } from '../../components/time';
import type { Loaded } from '../../components/use_load';
import { lookUp, words } from '../../i18n/i18n';
import { may } from '../../session';
import { redeliver } from '../../settings_api';
import { Things, type Act } from './things';

const kTones = { pending: 'tag-live', delivered: 'tag-ok', dead: 'tag-bad' };

export interface DeliveriesProps {
  deliveries: Loaded<WebhookDelivery[]>;
  webhooks: readonly Webhook[];
}

export function Deliveries({ deliveries, webhooks }: DeliveriesProps) {
  const urlOf = (id: number) => webhooks.find((webhook) => webhook.id === id)?.url ?? `#${id}`;
  return (
    <Things
      id="deliveries"
      words={words.value.ajustes.deliveries}
      things={deliveries}
      row={(one, act) => <Row key={one.id} delivery={one} url={urlOf(one.webhook_id)} act={act} />}
    />
  );
}

function Row({ delivery: one, url, act }: { delivery: WebhookDelivery; url: string; act: Act }) {
  const { deliveries: t, webhooks } = words.value.ajustes;
  return (
    <li data-state={one.state}>
      <span class={`tag ${kTones[one.state]}`}>{t.states[one.state]}</span>
      <span class="thing">
        {lookUp(webhooks.events, one.event)}
        <span class="cell-note">{url}</span>
        {one.state !== 'delivered' && one.last_error && <span class="cell-note">{one.last_error}</span>}
      </span>
      <span class="note">
        {t.attempts(one.attempts)}
        {one.last_status !== null && ` · ${one.last_status}`} · <Time iso={one.created_at} />
      </span>
      {may('admin') && one.state !== 'pending' && (
        <button type="button" aria-label={`${t.again} ${one.id}`} onClick={() => void act(() => redeliver(one.id))}>
          {t.again}
        </button>
      )}
    </li>
  );
}
