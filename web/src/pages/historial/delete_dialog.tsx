import { useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog';
import { ProblemBox } from '../../components/problem_box';
import { words } from '../../i18n/i18n';
import { problemOf, type Problem } from '../problem_of';
import { deleteWithUndo } from './deleting';

export function DeleteDialog(props: { ids: readonly string[]; onDone: () => void; onClose: () => void; onUndone?: () => void }) {
  const { ids, onDone, onClose, onUndone } = props;
  const t = words.value.historial;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async () => {
    setBusy(true);
    let first = true;
    try {
      await deleteWithUndo(ids, () => {
        if (first) onDone();
        else (onUndone ?? onDone)();
        first = false;
      });
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t.deleteTitle(ids.length)}
      onCancel={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button type="button" class="danger" disabled={busy} onClick={() => void run()}>
            {t.delete}
          </button>
        </>
      }
    >
      <p>{t.deleteHow}</p>
      {problem && <ProblemBox {...problem} title={t.deleteFailed} />}
    </Dialog>
  );
}
