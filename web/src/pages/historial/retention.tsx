// For how long calls are kept, and what is about to go.

import type { Retention } from '../../../generated/api';
import { useLoad } from '../../components/use_load';
import { inDays } from '../../format';
import { getRetention } from '../../history_api';
import { locale, lookUp, words } from '../../i18n/i18n';
import { hrefOf } from '../../router';

/** The rule in a line, above the history. */
export function RetentionLine() {
  const t = words.value.historial;
  const { value } = useLoad(getRetention, '');
  if (!value) return null;
  const sentences = [
    value.calls_days === 0 ? t.keptForever : t.keptDays(value.calls_days),
    value.agents.length > 0 ? t.keptByAgents(value.agents.map(ruleText).join('; ')) : '',
    value.recordings_days > 0 ? t.recordingsDays(value.recordings_days) : '',
    expiringText(value),
  ];
  return (
    <p class="note retention" data-testid="retention">
      {sentences.filter((one) => one !== '').join(' ')}{' '}
      <a href={hrefOf({ page: 'ajustes', tab: 'system' })}>{words.value.nav.ajustes}</a>
    </p>
  );
}

function ruleText({ agent, profile, days }: Retention['agents'][number]): string {
  const { agentes, historial } = words.value;
  return historial.daysOf(profile === null ? agent : `${agent} (${lookUp(agentes.profiles, profile)})`, days);
}

export function expiringText({ upcoming }: Retention): string {
  const first = upcoming[0];
  if (!first) return '';
  const all = upcoming.reduce((sum, day) => sum + day.calls, 0);
  // At noon, for a date alone would be midnight at Greenwich.
  return words.value.historial.expiring(all, inDays(`${first.date}T12:00:00`, locale.value));
}

const kSoonMs = 7 * 86_400_000;

/** Of a call that will be deleted soon: when. */
export function Expiry({ until }: { until: string | null | undefined }) {
  if (!until || Date.parse(until) - Date.now() > kSoonMs) return null;
  return <span class="tag tag-warn">{words.value.historial.expires(inDays(until, locale.value))}</span>;
}
