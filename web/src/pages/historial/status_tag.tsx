import type { Call } from '../../../generated/api';
import { lookUp, words } from '../../i18n/i18n';

const kTones: Record<string, string> = { active: 'tag-live', completed: 'tag-ok', failed: 'tag-bad' };

export function StatusTag({ call }: { call: Call }) {
  return (
    <span class={`tag ${kTones[call.status] ?? ''}`} data-status={call.status}>
      {lookUp(words.value.statuses, call.status)}
    </span>
  );
}
