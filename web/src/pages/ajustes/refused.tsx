// What the database would not have of calls: stored after all, when what was wrong has been put right, or thrown away.

import type { RefusedRecord } from '../../../generated/api';
import { Confirm } from '../../components/confirm';
import { ProblemBox } from '../../components/problem_box';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { useLoad } from '../../components/use_load';
import { lookUp, words } from '../../i18n/i18n';
import { listRefused, settleRefused } from '../../settings_api';

const kShown = 20;
const kEveryMs = 10_000;

/** Nothing, as long as there is none. */
export function RefusedRecords() {
  const t = words.value.ajustes.refused;
  const list = useLoad(() => listRefused(kShown), '', kEveryMs);
  if (list.problem) return <ProblemBox {...list.problem} title={t.failed} />;
  if (!list.value || list.value.total === 0) return null;
  const { records, total } = list.value;
  const settle = async (action: 'retry' | 'discard') => {
    const { done, refused } = await settleRefused(action);
    toast({ text: action === 'retry' ? t.retried(done.length, refused.length) : t.discarded(done.length) });
    await list.reload();
  };
  return (
    <section class="panel tab-panel" aria-labelledby="refused-title" data-testid="refused">
      <h2 id="refused-title" class="group-title">
        {t.title}
      </h2>
      <p class="note">{t.help}</p>
      <ul class="rows things">
        {records.map((record) => (
          <Row key={record.id} record={record} />
        ))}
      </ul>
      {total > records.length && <p class="note">{t.more(total - records.length)}</p>}
      <div class="section-actions">
        <Confirm label={t.retry} title={t.retryTitle(total)} help={t.retryHelp} run={() => settle('retry')} />
        <Confirm label={t.discard} title={t.discardTitle(total)} help={t.discardHelp} danger run={() => settle('discard')} />
      </div>
    </section>
  );
}

function Row({ record }: { record: RefusedRecord }) {
  const t = words.value.ajustes.refused;
  return (
    <li>
      <span class="thing">
        {lookUp(t.kinds, record.kind)} · <code>{record.session_id}</code>
        <span class="cell-note">{record.reason}</span>
      </span>
      <span class="note">
        <Time iso={record.refused} />
      </span>
    </li>
  );
}
