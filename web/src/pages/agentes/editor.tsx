// The editor: the parts of an agent, for all its calls or for one profile, and saving them.

import { useMemo, useState } from 'preact/hooks';
import { ApiError } from '../../api';
import type { Agent } from '../../../generated/api';
import { changeAgent, getAgent } from '../../agents_api';
import { Dialog } from '../../components/dialog';
import { BackIcon } from '../../components/icons';
import { ProblemBox } from '../../components/problem_box';
import { toast } from '../../components/toast';
import { words } from '../../i18n/i18n';
import { go, hrefOf } from '../../router';
import { problemOf, type Problem } from '../problem_of';
import { choose } from '../probar/choice';
import { ChangesTable } from './changes_table';
import { checkDraft, placeMistakes, type Wrongs } from './check';
import { changesOf, draftOf, kScopes, withChanges, writeOf, type Scope } from './draft';
import { LeaveGuard } from './leave';
import { Numbers } from './numbers';
import type { Form } from './schema';
import { controlId } from './setting';
import { SettingsTab } from './settings_tab';
import { Tabs } from './tabs';
import { TryPanel } from './try_panel';
import { Versions } from './versions';

export interface EditorProps {
  stored: Agent;
  form: Form;
  tab: string;
  profile: string;
}

const kNone: Wrongs = new Map();

export function Editor({ stored, form, tab, profile }: EditorProps) {
  const t = words.value.agentes;
  const [agent, setAgent] = useState(stored);
  const [draft, setDraft] = useState(() => draftOf(stored));
  const [wrongs, setWrongs] = useState<Wrongs>(kNone);
  const [reviewing, setReviewing] = useState(false);
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [theirs, setTheirs] = useState<Agent | null>(null); // stored by somebody else meanwhile

  const base = useMemo(() => draftOf(agent), [agent]);
  const changes = useMemo(() => changesOf(base, draft, form), [base, draft, form]);
  const dirty = changes.length > 0;
  const scope: Scope = kScopes.find((one) => one === profile) ?? 'shared';
  const here = tab === 'numbers' || tab === 'versions' ? null : (form.tabs.find((one) => one.id === tab) ?? form.tabs[0]!);

  const take = (now: Agent) => {
    setAgent(now);
    setDraft(draftOf(now));
    setWrongs(kNone);
    setProblem(null);
    setTheirs(null);
  };
  const edit = (next: typeof draft) => {
    setDraft(next);
    if (wrongs.size > 0) setWrongs(checkDraft(next, form));
  };
  const showWrongs = (all: Wrongs) => {
    setWrongs(all);
    const first = [...all.keys()][0];
    if (first === undefined) return;
    const [where, name] = first.split('/') as [Scope | 'name', string | undefined];
    const field = name === undefined ? undefined : form.fields.get(name);
    if (field && where !== 'name')
      go({ page: 'agent', id: String(agent.id), tab: field.tab, profile: where === 'shared' ? '' : where });
    const id = field && where !== 'name' ? controlId(where, field.name) : 'agent-name';
    setTimeout(() => document.getElementById(id)?.focus(), 50); // once the tab is there
  };
  const review = () => {
    const all = checkDraft(draft, form);
    if (all.size > 0) showWrongs(all);
    else setReviewing(true);
  };
  const save = async () => {
    setSaving(true);
    try {
      take(await changeAgent(agent.id, agent.version, writeOf(changes)));
      toast({ text: t.saved });
    } catch (error) {
      const refused = error instanceof ApiError ? error : null;
      if (refused?.code === 'version-conflict') {
        setTheirs(await getAgent(agent.id).catch(() => null));
      } else {
        const { wrongs: placed, others } = placeMistakes(refused?.mistakes ?? []);
        const known = problemOf(error);
        setProblem({ ...known, detail: [known.detail, ...others].join(' ') });
        if (refused?.code === 'name-taken') placed.set('name', known.detail);
        if (placed.size > 0) showWrongs(placed);
      }
    } finally {
      setSaving(false);
      setReviewing(false);
    }
  };

  return (
    <section class="editor" aria-labelledby="agent-title" data-testid="editor" data-version={agent.version}>
      <a class="back" href={hrefOf({ page: 'agentes' })}>
        <BackIcon />
        {t.back}
      </a>
      <div class="page-head">
        <h1 id="agent-title">{agent.name}</h1>
        {agent.default && (
          <span class="tag tag-ok" title={t.isDefaultHelp}>
            {t.isDefault}
          </span>
        )}
        <div class="page-actions">
          <button
            type="button"
            onClick={() => {
              choose(agent.name, scope === 'shared' ? 'browser' : scope);
              go({ page: 'probar' });
            }}
          >
            {t.tryIt}
          </button>
        </div>
      </div>
      {problem && <ProblemBox {...problem} title={t.saveFailed} />}
      {theirs && (
        <div class="problem" role="alert" data-testid="conflict">
          <p class="problem-title">{t.conflict}</p>
          <p>{t.conflictHelp}</p>
          <p class="problem-actions">
            <button
              type="button"
              class="primary"
              onClick={() => {
                take(theirs);
                setDraft(withChanges(draftOf(theirs), changes));
              }}
            >
              {t.conflictMine}
            </button>
            <button type="button" onClick={() => take(theirs)}>
              {t.conflictTheirs}
            </button>
          </p>
        </div>
      )}
      <div class="editor-body with-try">
        <Tabs agentId={String(agent.id)} form={form} draft={draft} scope={scope} here={here?.id ?? tab} wrongs={wrongs} />
        {here && (
          <SettingsTab agentId={String(agent.id)} tab={here} {...{ form, draft, scope, wrongs }} onChange={edit} />
        )}
        {tab === 'numbers' && <Numbers agent={agent} onChanged={(now) => setAgent({ ...agent, numbers: now.numbers })} />}
        {tab === 'versions' && <Versions agent={agent} form={form} dirty={dirty} onRestored={take} />}
        <TryPanel agent={agent.name} scope={scope} dirty={dirty} />
      </div>
      {dirty && (
        <div class="save-bar" role="region" aria-label={t.save}>
          <span role="status">{wrongs.size > 0 ? t.wrongCount(wrongs.size) : t.unsaved(changes.length)}</span>
          <button type="button" onClick={() => take(agent)}>
            {t.discard}
          </button>
          <button type="button" class="primary" onClick={review}>
            {t.save}
          </button>
        </div>
      )}
      {reviewing && (
        <Dialog
          title={t.review}
          onCancel={() => setReviewing(false)}
          actions={
            <>
              <button type="button" onClick={() => setReviewing(false)}>
                {t.keepEditing}
              </button>
              <button type="button" class="primary" disabled={saving} autoFocus onClick={() => void save()}>
                {saving ? t.saving : t.confirmSave}
              </button>
            </>
          }
        >
          <p class="note">{t.reviewHelp}</p>
          <ChangesTable changes={changes} form={form} />
        </Dialog>
      )}
      <LeaveGuard dirty={dirty} agentId={String(agent.id)} />
    </section>
  );
}
