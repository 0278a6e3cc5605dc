// The agents: who there is, and what can be done with each as a whole.

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { AgentSummary } from '../../../generated/api';
import type { AgentSettings } from '../../agent_settings';
import { cloneAgent, createAgent, listAgents, makeDefault, undeleteAgent } from '../../agents_api';
import { Dialog } from '../../components/dialog';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { phone } from '../../format';
import { words } from '../../i18n/i18n';
import { language } from '../../preferences';
import { go, hrefOf } from '../../router';
import { getStats } from '../../settings_api';
import { spanOf } from '../inicio/period';
import { problemOf, type Problem } from '../problem_of';
import { deleteWithUndo } from './deletion';

const agents = signal<AgentSummary[] | null>(null);
const problem = signal<Problem | null>(null); // of reading
const refusal = signal<Problem | null>(null); // of doing
const deletedToo = signal(false);
const callsToday = signal<ReadonlyMap<number, number> | null>(null); // by agent; null: not known

async function refresh(): Promise<void> {
  try {
    agents.value = await listAgents(deletedToo.value);
    problem.value = null;
  } catch (error) {
    problem.value = problemOf(error);
  }
}

/** Without the figures the cards do without. */
async function readCallsToday(): Promise<void> {
  const { from, to, bucket } = spanOf('today', new Date());
  const stats = await getStats(from, to, bucket).catch(() => null);
  callsToday.value = stats && new Map(stats.agents.map((one) => [one.agent_id, one.calls]));
}

async function act(what: () => Promise<unknown>): Promise<void> {
  try {
    refusal.value = null;
    await what();
  } catch (error) {
    refusal.value = problemOf(error);
  }
  await refresh();
}

const hrefOfAgent = (id: number) => hrefOf({ page: 'agent', id: String(id), tab: '', profile: '' });

export function Agentes() {
  const t = words.value.agentes;
  const [creating, setCreating] = useState(false);
  useEffect(() => {
    refusal.value = null;
    void refresh();
    void readCallsToday();
  }, []);
  const shown = agents.value;
  return (
    <section aria-labelledby="agentes-title">
      <div class="page-head">
        <h1 id="agentes-title">{t.title}</h1>
        <div class="page-actions">
          <label class="check">
            <input
              type="checkbox"
              checked={deletedToo.value}
              onChange={(event) => {
                deletedToo.value = event.currentTarget.checked;
                void refresh();
              }}
            />
            {t.showDeleted}
          </label>
          <button type="button" class="primary" onClick={() => setCreating(true)}>
            {t.create}
          </button>
        </div>
      </div>
      {problem.value && (
        <ProblemBox {...problem.value} title={t.failed}>
          <button type="button" onClick={() => void refresh()}>
            {words.value.common.retry}
          </button>
        </ProblemBox>
      )}
      {refusal.value && <ProblemBox {...refusal.value} title={t.actionFailed} />}
      {!shown && !problem.value && <Skeleton rows={4} slow={t.slow} />}
      {shown && shown.length === 0 && (
        <div class="empty">
          <p class="empty-title">{t.empty}</p>
          <p>{t.emptyHow}</p>
        </div>
      )}
      {shown && shown.length > 0 && (
        <ul class="agents">
          {shown.map((agent) => (
            <Card key={agent.id} agent={agent} />
          ))}
        </ul>
      )}
      {creating && <Create onCancel={() => setCreating(false)} />}
    </section>
  );
}

function Card({ agent }: { agent: AgentSummary }) {
  const t = words.value.agentes;
  const gone = agent.deleted_at !== null;
  return (
    <li class={`panel agent-card ${gone ? 'agent-gone' : ''}`} data-agent-id={agent.id}>
      <div class="agent-what">
        <p class="agent-name">
          {gone ? <strong>{agent.name}</strong> : <a href={hrefOfAgent(agent.id)}>{agent.name}</a>}
          {agent.default && (
            <span class="tag tag-ok" title={t.isDefaultHelp}>
              {t.isDefault}
            </span>
          )}
          {gone && <span class="tag tag-warn">{t.isDeleted}</span>}
        </p>
        <p class="agent-facts">
          <span>{agent.voice_name}</span>
          <span>{agent.numbers.length > 0 ? agent.numbers.map(phone).join(', ') : t.noNumbers}</span>
          {callsToday.value && !gone && <span data-testid="calls-today">{t.callsToday(callsToday.value.get(agent.id) ?? 0)}</span>}
          <span>
            {t.updated} <Time iso={agent.updated_at} />
          </span>
        </p>
      </div>
      <Actions agent={agent} />
    </li>
  );
}

function Actions({ agent }: { agent: AgentSummary }) {
  const t = words.value.agentes;
  const button = (label: string, run: () => Promise<unknown>) => (
    <button type="button" aria-label={`${label} ${agent.name}`} onClick={() => void act(run)}>
      {label}
    </button>
  );
  if (agent.deleted_at !== null)
    return (
      <div class="agent-actions">
        {button(t.restore, async () => toast({ text: t.restored((await undeleteAgent(agent.id)).name) }))}
      </div>
    );
  return (
    <div class="agent-actions">
      {button(t.clone, async () => toast({ text: t.cloned((await cloneAgent(agent.id)).name) }))}
      {!agent.default &&
        button(t.makeDefault, async () => toast({ text: t.nowDefault((await makeDefault(agent.id)).name) }))}
      {!agent.default && button(t.remove, () => deleteWithUndo(agent, () => void refresh()))}
    </div>
  );
}

/** So that it can be called at once: in the viewer's language, with a greeting and instructions to begin from. */
function beginning(): AgentSettings {
  const t = words.value.agentes;
  const english = { voice_language: 'en-US', voice_name: 'en-US-JennyNeural', stt_language: 'en-US' };
  return {
    first_message: t.firstMessage,
    instructions: t.firstInstructions,
    ...(language.value === 'en' ? english : {}),
  };
}

function Create({ onCancel }: { onCancel: () => void }) {
  const t = words.value.agentes;
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState('');
  const create = async () => {
    try {
      const agent = await createAgent({ name: name.trim(), shared: beginning() });
      go({ page: 'agent', id: String(agent.id), tab: '', profile: '' });
    } catch (error) {
      const { code, detail } = problemOf(error);
      const mistake = (error as { mistakes?: readonly { message: string }[] }).mistakes?.[0]?.message;
      setWrong(mistake ?? (detail || code));
    }
  };
  return (
    <Dialog
      title={t.create}
      onCancel={onCancel}
      actions={
        <>
          <button type="button" onClick={onCancel}>
            {t.cancel}
          </button>
          <button type="submit" form="create-agent" class="primary">
            {t.createAction}
          </button>
        </>
      }
    >
      <form
        id="create-agent"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <label for="create-name">{t.name}</label>
        <input
          id="create-name"
          type="text"
          autoComplete="off"
          aria-describedby="create-help"
          aria-invalid={wrong !== ''}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class="setting-help" id="create-help">
          {wrong !== '' && (
            <p class="setting-wrong" role="alert">
              {wrong}
            </p>
          )}
          <p>
            {t.createHint} {t.createBegins}
          </p>
        </div>
      </form>
    </Dialog>
  );
}
