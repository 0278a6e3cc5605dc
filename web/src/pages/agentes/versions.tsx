// The history of an agent, and the way back.

import { useEffect, useState } from 'preact/hooks';
import type { Agent, AgentVersion } from '../../../generated/api';
import { listVersions, restoreVersion } from '../../agents_api';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { lookUp, words } from '../../i18n/i18n';
import { problemOf, type Problem } from '../problem_of';
import { ChangesTable } from './changes_table';
import type { Form } from './schema';
import { changesOfVersion } from './version_changes';

export interface VersionsProps {
  agent: Agent;
  form: Form;
  dirty: boolean;
  onRestored: (agent: Agent) => void;
}

export function Versions({ agent, form, dirty, onRestored }: VersionsProps) {
  const t = words.value.agentes;
  const [versions, setVersions] = useState<AgentVersion[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let here = true;
    listVersions(agent.id).then(
      (all) => here && setVersions(all),
      (error: unknown) => here && setProblem(problemOf(error)),
    );
    return () => {
      here = false;
    };
  }, [agent.id, agent.version]);
  const restore = async (old: number) => {
    try {
      const now = await restoreVersion(agent.id, old, agent.version);
      setProblem(null);
      onRestored(now);
      toast({ text: t.versionRestored(old) });
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <section class="panel tab-panel" aria-labelledby="versions-title">
      <h2 id="versions-title" class="group-title">
        {t.versions}
      </h2>
      <p class="note">{dirty ? t.restoreFirst : t.versionsHelp}</p>
      {problem && <ProblemBox {...problem} title={t.actionFailed} />}
      {!versions && !problem && <Skeleton rows={4} slow={t.slow} />}
      <ol class="versions">
        {versions?.map((version) => {
          const changes = changesOfVersion(version);
          const [action, ...rest] = version.action.split(' ');
          return (
            <li key={version.version} data-version={version.version}>
              <div class="version-head">
                <strong>{t.version(version.version)}</strong>
                <span class="version-what">
                  {lookUp(t.actions, action ?? '')} {rest.length > 0 && `(${rest[rest.length - 1]})`} ·{' '}
                  <Time iso={version.created_at} /> · {t.by(version.author)}
                </span>
                {version.version === agent.version ? (
                  <span class="tag tag-ok">{t.current}</span>
                ) : (
                  <button
                    type="button"
                    disabled={dirty}
                    aria-label={`${t.restoreVersion} · ${t.version(version.version)}`}
                    onClick={() => void restore(version.version)}
                  >
                    {t.restoreVersion}
                  </button>
                )}
              </div>
              {changes.length > 0 ? (
                <ChangesTable changes={changes} form={form} />
              ) : (
                version.changes && <p class="note">{t.noSettingsChanged}</p>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
