// For how long calls and recordings are kept, and when the next ones go.

import { useLoad } from '../../components/use_load';
import { Loading } from '../../components/loading';
import { Fact } from '../../components/fact';
import { getRetention } from '../../history_api';
import { lookUp, words } from '../../i18n/i18n';
import { expiringText } from '../historial/retention';

export function RetentionPanel() {
  const { ajustes, agentes, historial } = words.value;
  const t = ajustes.system;
  const retention = useLoad(getRetention, '');
  const { value } = retention;
  return (
    <section class="panel tab-panel" aria-labelledby="retention-title" data-testid="retention-rules">
      <h2 id="retention-title" class="group-title">
        {t.retention}
      </h2>
      <p class="note">{t.retentionHelp}</p>
      <Loading of={retention} />
      {value && (
        <>
          <dl class="facts">
            <Fact name={t.keptCalls} value={historial.days(value.calls_days)} />
            {value.agents.map(({ agent_id, agent, profile, days }) => (
              <Fact
                key={`${agent_id} ${profile}`}
                name={t.keptOfAgent(agent, profile === null ? '' : lookUp(agentes.profiles, profile))}
                value={historial.days(days)}
              />
            ))}
            <Fact name={t.keptRecordings} value={historial.days(value.recordings_days)} />
          </dl>
          {value.upcoming.length > 0 && <p>{expiringText(value)}</p>}
        </>
      )}
    </section>
  );
}
