// The agent's answers one under the other, on one scale: where the time went, and in which turn.

import type { CallTurn } from '../../../generated/api';
import { ResponseBar, responseTime } from '../../components/response_bar';
import type { Timings } from '../../components/response_times';
import { duration } from '../../format';
import { words } from '../../i18n/i18n';
import { timingsOf } from './turn_timings';

export function Waterfall({ transcripts, start }: { transcripts: CallTurn[]; start: string }) {
  const t = words.value.call;
  const rows = transcripts
    .map((one) => ({ one, timings: timingsOf(one) }))
    .filter(({ one, timings }) => one.role === 'assistant' && timings['response_ms'] !== undefined);
  if (rows.length === 0) return null;
  const scaleMs = Math.max(...rows.map(({ timings }) => timings['response_ms']!));
  return (
    <section aria-labelledby="waterfall-title" class="waterfall">
      <h2 id="waterfall-title">{t.waterfall}</h2>
      <p class="note">{t.waterfallHint}</p>
      <ol>
        {rows.map(({ one, timings }, index) => (
          <Row key={index} one={one} timings={timings} scaleMs={scaleMs} start={start} />
        ))}
      </ol>
    </section>
  );
}

function Row(props: { one: CallTurn; timings: Timings; scaleMs: number; start: string }) {
  const { one, timings, scaleMs, start } = props;
  return (
    <li class="waterfall-row">
      <span class="waterfall-when">{duration(Date.parse(one.timestamp) - Date.parse(start))}</span>
      <span class="waterfall-words">{one.content}</span>
      <strong class="waterfall-total">{responseTime(timings)}</strong>
      <ResponseBar timings={timings} scaleMs={scaleMs} />
    </li>
  );
}
