// Who changed what, newest first.

import { useState } from 'preact/hooks';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { useLoad } from '../../components/use_load';
import { lookUp, words } from '../../i18n/i18n';
import type { AuditEntry } from '../../../generated/api';
import { listAudit } from '../../settings_api';
import { problemOf, type Problem } from '../problem_of';

const kPageSize = 50;

export function Audit() {
  const t = words.value.ajustes.audit;
  const first = useLoad(() => listAudit(kPageSize), '');
  const [older, setOlder] = useState<AuditEntry[]>([]);
  const [all, setAll] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const entries = [...(first.value ?? []), ...older];
  const more = async () => {
    try {
      const next = await listAudit(kPageSize, entries[entries.length - 1]!.id);
      setOlder([...older, ...next]);
      setAll(next.length < kPageSize);
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const wrong = first.problem ?? problem;
  return (
    <section class="panel tab-panel" aria-labelledby="audit-title">
      <h2 id="audit-title" class="group-title">
        {t.title}
      </h2>
      <p class="note">{t.help}</p>
      {wrong && <ProblemBox {...wrong} title={t.failed} />}
      {!first.value && !wrong && <Skeleton rows={6} slow={t.slow} />}
      {first.value && entries.length === 0 && <p class="empty">{t.empty}</p>}
      {entries.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="group" aria-label={t.title}>
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">{t.when}</th>
                <th scope="col">{t.who}</th>
                <th scope="col">{t.what}</th>
                <th scope="col">{t.where}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.id}>
                  <td>
                    <Time iso={entry.at} />
                  </td>
                  <td>
                    {entry.actor}
                    <span class="cell-note">{entry.address}</span>
                  </td>
                  <td>{lookUp(t.actions, entry.action)}</td>
                  <td>
                    <code>{entry.subject}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {first.value && first.value.length === kPageSize && !all && (
        <p class="list-end">
          <button type="button" onClick={() => void more()}>
            {t.more}
          </button>
        </p>
      )}
    </section>
  );
}
