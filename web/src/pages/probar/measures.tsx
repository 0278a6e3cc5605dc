// Beside the conversation: how fast the agent answers, what it is, and how the sound does.

import { Fact } from '../../components/fact';
import { ResponseBar, responseTime } from '../../components/response_bar';
import { percentile } from '../../components/response_times';
import { milliseconds, seconds } from '../../format';
import { locale, words } from '../../i18n/i18n';
import { playback, ready, timings } from './state';

export function Measures() {
  const t = words.value.probar;
  const turns = [...timings.value].filter(([, values]) => values['response_ms'] !== undefined);
  const values = turns.map(([, one]) => one['response_ms']!);
  const last = values.at(-1);
  const scaleMs = Math.max(0, ...values);
  return (
    <section class="panel measures" aria-labelledby="measures-title">
      <h2 id="measures-title">{t.measures}</h2>
      {last === undefined ? (
        <p class="note">{t.measuresEmpty}</p>
      ) : (
        <>
          <dl class="figures">
            <div>
              <dt>{t.last}</dt>
              <dd data-testid="last-response">{seconds(last, locale.value)}</dd>
            </div>
            <div>
              <dt>{t.median}</dt>
              <dd>{seconds(percentile(values, 50)!, locale.value)}</dd>
            </div>
            <div>
              <dt>{t.p95}</dt>
              <dd>{seconds(percentile(values, 95)!, locale.value)}</dd>
            </div>
          </dl>
          <ol class="turns">
            {turns
              .slice(-6)
              .reverse()
              .map(([turn, one]) => (
                <li key={turn}>
                  <p class="turn-head">
                    <span>{t.turn(turn)}</span>
                    <b>{responseTime(one)}</b>
                  </p>
                  <ResponseBar timings={one} scaleMs={scaleMs} />
                </li>
              ))}
          </ol>
        </>
      )}
      <Agent />
      <Sound />
    </section>
  );
}

function Agent() {
  const t = words.value.probar;
  const agent = ready.value?.agent;
  if (!agent) return null;
  return (
    <>
      <h2>{t.agentFacts}</h2>
      <dl class="facts">
        <Fact name={t.name} value={agent.name} />
        <Fact name={t.voice} value={agent.voice} />
        <Fact name={t.language} value={agent.language} />
      </dl>
    </>
  );
}

function Sound() {
  const t = words.value.probar;
  const level = playback.value;
  if (!level || level.playedMs === 0) return null;
  return (
    <>
      <h2>{t.audio}</h2>
      <dl class="facts">
        <Fact name={t.played} value={seconds(level.playedMs, locale.value)} />
        <Fact name={t.queued} value={milliseconds(level.queuedMs, locale.value)} />
        <Fact name={t.underruns} value={level.underruns} />
      </dl>
    </>
  );
}
