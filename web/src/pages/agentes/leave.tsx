// Changes that are not stored are not lost by a click on something else.

import { useEffect } from 'preact/hooks';
import { Dialog } from '../../components/dialog';
import { words } from '../../i18n/i18n';
import { go, guard, heldBack } from '../../router';

/** While `dirty`, only pages of the same agent are gone to unasked. */
export function LeaveGuard({ dirty, agentId }: { dirty: boolean; agentId: string }) {
  const t = words.value.agentes;
  useEffect(() => {
    if (!dirty) return;
    const letGo = guard((to) => to.page === 'agent' && to.id === agentId);
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', onUnload);
    return () => {
      letGo();
      removeEventListener('beforeunload', onUnload);
    };
  }, [dirty, agentId]);
  const to = heldBack.value;
  if (!to || !dirty) return null;
  const stay = () => (heldBack.value = null);
  return (
    <Dialog
      title={t.leaveTitle}
      onCancel={stay}
      actions={
        <>
          <button
            type="button"
            class="danger"
            onClick={() => {
              guard(() => true);
              stay();
              go(to);
            }}
          >
            {t.leave}
          </button>
          <button type="button" class="primary" autoFocus onClick={stay}>
            {t.keepEditing}
          </button>
        </>
      }
    >
      <p>{t.leaveText}</p>
    </Dialog>
  );
}
