// What there is to know at a glance.

import { useEffect } from 'preact/hooks';
import { ProblemBox } from '../../components/problem_box';
import { Skeleton } from '../../components/skeleton';
import { useLoad } from '../../components/use_load';
import { duration, milliseconds, seconds } from '../../format';
import { locale, lookUp, words } from '../../i18n/i18n';
import { hrefOf, query } from '../../router';
import type { Stats, StatsTotals as Totals } from '../../../generated/api';
import { getStats } from '../../settings_api';
import { CallsChart, ResponseChart } from './charts';
import { Health } from './health';
import { kPeriods, spanOf, type Period } from './period';
import { trend } from './scale';

const kRefreshMs = 30_000;

export function Inicio() {
  const t = words.value.inicio;
  const period: Period = kPeriods.find((one) => one === query.value.get('period')) ?? 'today';
  const { value, problem, reload } = useLoad(
    () => {
      const { from, to, bucket } = spanOf(period, new Date());
      return getStats(from, to, bucket);
    },
    period,
    kRefreshMs,
  );
  useNewInstallation(value);
  return (
    <section class="inicio" aria-labelledby="inicio-title" data-testid="inicio">
      <div class="page-head">
        <h1 id="inicio-title">{t.title}</h1>
        <nav class="page-actions periods" aria-label={t.period}>
          {kPeriods.map((one) => (
            <a
              key={one}
              class="button"
              href={hrefOf({ page: 'inicio' }, one === 'today' ? {} : { period: one })}
              aria-current={one === period ? 'true' : undefined}
            >
              {t.periods[one]}
            </a>
          ))}
        </nav>
      </div>
      {problem && (
        <ProblemBox {...problem} title={t.failed}>
          <button type="button" onClick={() => void reload()}>
            {words.value.common.retry}
          </button>
        </ProblemBox>
      )}
      {!value && !problem && <Skeleton rows={6} slow={t.slow} />}
      {value && (
        <>
          <Figures now={value.totals} before={value.previous} />
          {value.totals.calls === 0 ? (
            <div class="empty">
              <p class="empty-title">{t.empty[period]}</p>
              <p>{t.emptyHow}</p>
              <p>
                <a class="button primary" href={hrefOf({ page: 'probar' })}>
                  {t.emptyAction}
                </a>
              </p>
            </div>
          ) : (
            <div class="charts">
              <div class="panel">
                <CallsChart buckets={value.buckets} bucket={value.bucket} />
              </div>
              <div class="panel">
                <ResponseChart buckets={value.buckets} bucket={value.bucket} />
              </div>
            </div>
          )}
          <div class="cards">
            <Health />
            {value.totals.calls > 0 && <Stages stats={value} />}
            {value.failures.length > 0 && <Failures stats={value} />}
          </div>
        </>
      )}
    </section>
  );
}

/** Who opens the dashboard of a new installation finds the simulator: there is nothing to look at yet. */
function useNewInstallation(stats: Stats | null) {
  const period = query.value.get('period');
  useEffect(() => {
    if (stats === null || period !== null || location.hash.startsWith('#/inicio')) return;
    if (stats.totals.calls === 0 && stats.previous.calls === 0) location.replace(hrefOf({ page: 'probar' }));
  }, [stats]);
}

function Figures({ now, before }: { now: Totals; before: Totals }) {
  const t = words.value.inicio;
  const time = (ms: number | null) => (ms === null ? words.value.common.none : seconds(ms, locale.value));
  const share = (part: number, of: number) => (of === 0 ? null : part / of);
  const percent = (part: number | null) =>
    part === null
      ? words.value.common.none
      : new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 0 }).format(part);
  const { figures } = t;
  return (
    <dl class="overview-figures" data-testid="figures">
      <Figure
        name={figures.calls}
        value={String(now.calls)}
        change={trend(now.calls, before.calls)}
        better="more"
        note={[now.active > 0 ? t.activeNow(now.active) : t.talked(duration(now.talk_ms)), costOf(now)].filter(Boolean).join(' · ')}
      />
      <Figure
        name={figures.answered}
        value={percent(share(now.answered, now.calls))}
        change={trend(share(now.answered, now.calls), share(before.answered, before.calls))}
        better="more"
        note={t.ofCalls(now.answered, now.calls)}
      />
      <Figure
        name={figures.response}
        value={time(now.response_p50_ms)}
        change={trend(now.response_p50_ms, before.response_p50_ms)}
        better="less"
        note={`${t.p95} ${time(now.response_p95_ms)}`}
      />
      <Figure
        name={figures.interrupted}
        value={percent(share(now.interrupted, now.replies))}
        change={trend(share(now.interrupted, now.replies), share(before.interrupted, before.replies))}
        better="less"
        note={t.ofReplies(now.interrupted, now.replies)}
      />
      <Figure
        name={figures.failed}
        value={String(now.failed)}
        change={trend(now.failed, before.failed)}
        better="less"
        bad={now.failed > 0}
        note={percent(share(now.failed, now.calls))}
      />
    </dl>
  );
}

function costOf({ cost }: Totals): string | null {
  if (!cost) return null;
  return new Intl.NumberFormat(locale.value, { style: 'currency', currency: cost.currency }).format(cost.amount);
}

interface FigureProps {
  name: string;
  value: string;
  change: number | null;
  better: 'more' | 'less';
  bad?: boolean;
  note: string;
}

function Figure({ name, value, change, better, bad, note }: FigureProps) {
  const t = words.value.inicio;
  const shown = change !== null && Math.abs(change) >= 0.01;
  const good = change !== null && change > 0 === (better === 'more');
  return (
    <div class="panel">
      <dt>{name}</dt>
      <dd class={bad ? 'figure-bad' : ''}>{value}</dd>
      <dd class="figure-note">
        {note}
        {shown && (
          <span class={good ? 'trend-good' : 'trend-bad'} title={t.before}>
            {change > 0 ? '▲' : '▼'} {new Intl.NumberFormat(locale.value, { style: 'percent' }).format(Math.abs(change))}
          </span>
        )}
      </dd>
    </div>
  );
}

function Stages({ stats }: { stats: Stats }) {
  const t = words.value;
  if (stats.stages.length === 0) return null;
  const longest = Math.max(...stats.stages.map((stage) => stage.p95_ms));
  return (
    <section class="panel card" aria-labelledby="stages-title">
      <h2 id="stages-title">{t.inicio.stages}</h2>
      <ul class="stages">
        {stats.stages.map((stage) => (
          <li key={stage.name}>
            <span class="stage-name">{lookUp(t.stages, stage.name)}</span>
            <span class="stage-track" aria-hidden="true">
              <span
                class={`stage stage-${stage.name}`}
                style={{ width: `${(100 * stage.p50_ms) / longest}%` }}
              />
            </span>
            <span class="stage-times">
              {milliseconds(stage.p50_ms, locale.value)}{' '}
              <span class="note">
                {t.inicio.p95} {milliseconds(stage.p95_ms, locale.value)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Failures({ stats }: { stats: Stats }) {
  const t = words.value;
  return (
    <section class="panel card" aria-labelledby="failures-title">
      <h2 id="failures-title">{t.inicio.failures}</h2>
      <ul class="rows">
        {stats.failures.map((failure) => (
          <li key={failure.cause}>
            <b>{failure.calls}</b>
            <span>
              <a href={hrefOf({ page: 'historial' }, { status: 'failed', end_cause: failure.cause })}>{lookUp(t.causes, failure.cause)}</a>
              <span class="cell-note">{failure.example}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
