import { useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog';
import { ProblemBox } from '../../components/problem_box';
import type { Chosen } from '../../history_api';
import { words } from '../../i18n/i18n';
import { problemOf, type Problem } from '../problem_of';
import { deleteWithUndo } from './deleting';

export interface DeleteDialogProps {
  chosen: Chosen;
  count: string; // how many they are
  onDone: () => void;
  onUndone: () => void;
  onClose: () => void;
}

export function DeleteDialog({ chosen, count, onDone, onClose, onUndone }: DeleteDialogProps) {
  const t = words.value.historial;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async () => {
    setBusy(true);
    let first = true;
    try {
      await deleteWithUndo(chosen, () => {
        if (first) onDone();
        else onUndone();
        first = false;
      });
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t.deleteTitle(count)}
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
      {'filter' in chosen && <p>{t.deleteMatching}</p>}
      <p>{t.deleteHow}</p>
      {problem && <ProblemBox {...problem} title={t.deleteFailed} />}
    </Dialog>
  );
}
