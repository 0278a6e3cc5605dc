// A response time and its parts, each with its name and value beside it.

import { milliseconds, seconds } from '../format';
import { locale, words } from '../i18n/i18n';
import { stagesOf, type Timings } from './response_times';

/** `scaleMs`: what the whole width stands for, so that turns can be compared. */
export function ResponseBar({ timings, scaleMs }: { timings: Timings; scaleMs: number }) {
  const parts = stagesOf(timings);
  if (parts.length === 0) return null;
  const sum = parts.reduce((total, part) => total + part.ms, 0);
  const { stages } = words.value;
  return (
    <div class="response">
      <div class="response-bar" style={{ width: `${Math.min(100, (100 * sum) / Math.max(scaleMs, sum))}%` }}>
        {parts.map((part) => (
          <span
            key={part.stage}
            class={`stage stage-${part.stage}`}
            style={{ flexGrow: part.ms }}
            title={`${stages[part.stage]} ${milliseconds(part.ms, locale.value)}`}
          />
        ))}
      </div>
      <ul class="response-parts">
        {parts.map((part) => (
          <li key={part.stage}>
            <span class={`stage-key stage-${part.stage}`} aria-hidden="true" />
            {stages[part.stage]} <b>{milliseconds(part.ms, locale.value)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function responseTime(timings: Timings): string | null {
  const ms = timings['response_ms'];
  return ms === undefined ? null : seconds(ms, locale.value);
}
