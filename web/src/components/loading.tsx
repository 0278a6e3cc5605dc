// A part of a page while it is read, and when it cannot be.

import { words } from '../i18n/i18n';
import { ProblemBox } from './problem_box';
import { Skeleton } from './skeleton';
import type { Loaded } from './use_load';

/** Nothing once there is a value and no problem. */
export function Loading({ of: { value, problem, missing, reload } }: { of: Loaded<unknown> }) {
  const t = words.value.ajustes;
  if (missing) return <p class="empty">{t.notHere}</p>;
  if (problem)
    return (
      <ProblemBox {...problem} title={t.failed}>
        <button type="button" onClick={() => void reload()}>
          {words.value.common.retry}
        </button>
      </ProblemBox>
    );
  return value === null ? <Skeleton rows={4} slow={t.slow} /> : null;
}
