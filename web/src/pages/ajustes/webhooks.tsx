// Whom the server tells what happens, and how that went.

import { useState } from 'preact/hooks';
import { Confirm } from '../../components/confirm';
import { Loading } from '../../components/loading';
import { ProblemBox } from '../../components/problem_box';
import { useLoad } from '../../components/use_load';
import { lookUp, words } from '../../i18n/i18n';
import { may } from '../../session';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  kWebhookEvents,
  listWebhooks,
  type Webhook,
} from '../../settings_api';
import { problemOf, type Problem } from '../problem_of';
import { Deliveries } from './deliveries';

export function Webhooks() {
  const t = words.value.ajustes.webhooks;
  const webhooks = useLoad(listWebhooks, '');
  const [problem, setProblem] = useState<Problem | null>(null);
  const enable = async (webhook: Webhook, enabled: boolean) => {
    try {
      await changeWebhook(webhook.id, { enabled });
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
    await webhooks.reload();
  };
  return (
    <>
      <section class="panel tab-panel" aria-labelledby="webhooks-title">
        <h2 id="webhooks-title" class="group-title">
          {t.title}
        </h2>
        <p class="note">{t.help}</p>
        <Loading of={webhooks} />
        {problem && <ProblemBox {...problem} title={t.failed} />}
        {webhooks.value?.length === 0 && <p class="empty">{t.empty}</p>}
        <ul class="rows things" data-testid="webhooks">
          {webhooks.value?.map((webhook) => (
            <li key={webhook.id} data-webhook={webhook.url}>
              <span class="thing">
                <b>{webhook.url}</b> {!webhook.enabled && <span class="tag tag-warn">{t.off}</span>}
                <span class="cell-note">{webhook.events.map((event) => lookUp(t.events, event)).join(', ')}</span>
                {webhook.secret_env && (
                  <span class="cell-note">
                    {t.signedWith} <code>{webhook.secret_env}</code>
                  </span>
                )}
              </span>
              {may('admin') && (
                <>
                  <button
                    type="button"
                    aria-label={`${webhook.enabled ? t.disable : t.enable} ${webhook.url}`}
                    onClick={() => void enable(webhook, !webhook.enabled)}
                  >
                    {webhook.enabled ? t.disable : t.enable}
                  </button>
                  <Confirm
                    label={t.remove}
                    of={webhook.url}
                    title={t.removeTitle}
                    help={t.removeHelp}
                    danger
                    run={async () => {
                      await deleteWebhook(webhook.id);
                      await webhooks.reload();
                    }}
                  />
                </>
              )}
            </li>
          ))}
        </ul>
        {webhooks.value && may('admin') && <Create onCreated={webhooks.reload} />}
      </section>
      <Deliveries webhooks={webhooks.value ?? []} />
    </>
  );
}

function Create({ onCreated }: { onCreated: () => Promise<void> }) {
  const t = words.value.ajustes.webhooks;
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const [events, setEvents] = useState<readonly string[]>(['call.ended']);
  const [problem, setProblem] = useState<Problem | null>(null);
  const create = async () => {
    try {
      await createWebhook({ url: url.trim(), events: [...events], secret_env: secret.trim(), enabled: true });
      setUrl('');
      setProblem(null);
      await onCreated();
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <form
      class="new-thing"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h3>{t.add}</h3>
      {problem && <ProblemBox {...problem} title={t.failed} />}
      <label class="wide">
        {t.url}
        <input type="url" required placeholder="https://" value={url} onInput={(e) => setUrl(e.currentTarget.value)} />
      </label>
      <label>
        {t.secret}
        <input
          type="text"
          autoComplete="off"
          spellcheck={false}
          pattern="[A-Z][A-Z0-9_]*"
          aria-describedby="secret-help"
          value={secret}
          onInput={(e) => setSecret(e.currentTarget.value)}
        />
      </label>
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
      <button type="submit" class="primary" disabled={events.length === 0}>
        {t.addAction}
      </button>
      <p class="note" id="secret-help">
        {t.secretHelp}
      </p>
    </form>
  );
}
