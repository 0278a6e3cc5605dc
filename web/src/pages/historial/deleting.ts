// Calls deleted from a page, with the way back.

import { toast } from '../../components/toast';
import { deleteCalls, restoreCalls, type Chosen } from '../../history_api';
import { words } from '../../i18n/i18n';

/** `changed`: after the deletion, and once more when it was undone. */
export async function deleteWithUndo(chosen: Chosen, changed: () => void): Promise<void> {
  const t = words.value.historial;
  const done = await deleteCalls(chosen);
  const left = done.going_on > 0 ? ` ${t.goingOn(done.going_on)}` : '';
  const name = done.deletion;
  changed();
  toast({
    text: t.deleted(done.deleted) + left,
    ...(name === null
      ? {}
      : {
          action: {
            label: t.undo,
            run: () => {
              void restoreCalls(name).then(
                (count) => {
                  toast({ text: t.restored(count) });
                  changed();
                },
                () => toast({ text: t.undoFailed }),
              );
            },
          },
        }),
  });
}
