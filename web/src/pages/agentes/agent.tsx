// One agent: read, and given to the editor.

import { useEffect, useState } from 'preact/hooks';
import type { Agent } from '../../../generated/api';
import { agentSchema, getAgent } from '../../agents_api';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { problemOf, type Problem } from '../problem_of';
import { Editor } from './editor';
import { readSchema, type Form } from './schema';

export interface AgentPageProps {
  id: string;
  tab: string;
  profile: string;
}

let form: Promise<Form> | null = null; // the same for all agents

function loadForm(): Promise<Form> {
  form ??= agentSchema().then(readSchema);
  form.catch(() => (form = null));
  return form;
}

export function AgentPage({ id, tab, profile }: AgentPageProps) {
  const t = words.value.agentes;
  const [read, setRead] = useState<{ agent: Agent; form: Form } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let here = true;
    Promise.all([getAgent(Number(id)), loadForm()]).then(
      ([agent, form]) => here && setRead({ agent, form }),
      (error: unknown) => here && setProblem(problemOf(error)),
    );
    return () => {
      here = false;
    };
  }, [id]);
  if (problem)
    return (
      <ProblemBox {...problem} title={problem.code === 'not-found' ? t.missing : t.readFailed}>
        <a class="button" href={hrefOf({ page: 'agentes' })}>
          {t.back}
        </a>
      </ProblemBox>
    );
  if (!read) return <Skeleton rows={8} slow={t.slow} />;
  return <Editor stored={read.agent} form={read.form} tab={tab} profile={profile} />;
}
