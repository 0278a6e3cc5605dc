// Whom the server tells what happens, and how that went.

import { useState } from 'preact/hooks';
import type { Webhook } from '../../../generated/api';
import { Confirm } from '../../components/confirm';
import { toast } from '../../components/toast';
import { useLoad } from '../../components/use_load';
import { lookUp, words } from '../../i18n/i18n';
import { may } from '../../session';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  kWebhookEvents,
  listDeliveries,
  listWebhooks,
  testWebhook,
  type WebhookEvent,
} from '../../settings_api';
import { Deliveries } from './deliveries';
import { NewThing, TextField, Things, type Act } from './things';

export function Webhooks() {
  const webhooks = useLoad(listWebhooks, '');
  const deliveries = useLoad(() => listDeliveries(50), '', 10_000);
  return (
    <>
      <Things
        id="webhooks"
        words={words.value.ajustes.webhooks}
        things={webhooks}
        row={(webhook, act) => <Row key={webhook.id} webhook={webhook} act={act} onTested={deliveries.reload} />}
      >
        <Create onCreated={webhooks.reload} />
      </Things>
      <Deliveries deliveries={deliveries} webhooks={webhooks.value ?? []} />
    </>
  );
}

function Row({ webhook, act, onTested }: { webhook: Webhook; act: Act; onTested: () => Promise<void> }) {
  const t = words.value.ajustes.webhooks;
  const { id, url, enabled } = webhook;
  const test = async () => {
    await testWebhook(id);
    toast({ text: t.tested });
    await onTested();
  };
  return (
    <li data-webhook={url}>
      <span class="thing">
        <b>{url}</b> {!enabled && <span class="tag tag-warn">{t.off}</span>}
        <span class="cell-note">{webhook.events.map((event) => lookUp(t.events, event)).join(', ')}</span>
        {webhook.secret_env && (
          <span class="cell-note">
            {t.signedWith} <code>{webhook.secret_env}</code>
          </span>
        )}
      </span>
      {may('admin') && (
        <>
          <button type="button" aria-label={`${t.test} ${url}`} onClick={() => void act(test)}>
            {t.test}
          </button>
          <button
            type="button"
            aria-label={`${enabled ? t.disable : t.enable} ${url}`}
            onClick={() => void act(() => changeWebhook(id, { enabled: !enabled }))}
          >
            {enabled ? t.disable : t.enable}
          </button>
          <Confirm
            label={t.remove}
            of={url}
            title={t.removeTitle}
            help={t.removeHelp}
            danger
            run={async () => {
              await deleteWebhook(id);
              await act(() => Promise.resolve());
            }}
          />
        </>
      )}
    </li>
  );
}

function Create({ onCreated }: { onCreated: () => Promise<void> }) {
  const t = words.value.ajustes.webhooks;
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(['call.ended']);
  const make = async () => {
    await createWebhook({ url: url.trim(), events: [...events], secret_env: secret.trim(), enabled: true });
    setUrl('');
    await onCreated();
  };
  return (
    <NewThing
      words={t}
      ready={events.length > 0}
      make={make}
      help={
        <p class="note" id="secret-help">
          {t.secretHelp}
        </p>
      }
    >
      <TextField label={t.url} wide type="url" required placeholder="https://" value={url} onValue={setUrl} />
      <TextField
        label={t.secret}
        spellcheck={false}
        pattern="[A-Z][A-Z0-9_]*"
        aria-describedby="secret-help"
        value={secret}
        onValue={setSecret}
      />
      <fieldset class="wide">
        <legend>{t.which}</legend>
        {kWebhookEvents.map((event) => (
          <label key={event} class="check">
            <input
              type="checkbox"
              checked={events.includes(event)}
              onChange={(e) =>
                setEvents(e.currentTarget.checked ? [...events, event] : events.filter((one) => one !== event))
              }
            />
            {lookUp(t.events, event)}
          </label>
        ))}
      </fieldset>
    </NewThing>
  );
}
