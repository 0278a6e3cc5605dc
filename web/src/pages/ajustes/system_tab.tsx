// The server itself: taking calls or not, its limits, what it writes into its log, and which one it is.

import { useState } from 'preact/hooks';
import { Resume } from '../../components/banner';
import { Dialog } from '../../components/dialog';
import { Fact } from '../../components/fact';
import { ProblemBox } from '../../components/problem_box';
import { Time } from '../../components/time';
import { toast } from '../../components/toast';
import { words } from '../../i18n/i18n';
import { may } from '../../session';
import { kLogLevels, setLogLevel, stopCalls, type LogLevel, type System } from '../../settings_api';
import { readSystem, system } from '../../system';
import { problemOf, type Problem } from '../problem_of';
import { RefusedRecords } from './refused';
import { RetentionPanel } from './retention';

export function SystemTab() {
  const t = words.value.ajustes;
  const now = system.value;
  if (!now) return <p class="empty">{t.notHere}</p>;
  return (
    <>
      <Calls now={now} />
      <section class="panel tab-panel" aria-labelledby="limits-title">
        <h2 id="limits-title" class="group-title">
          {t.system.limits}
        </h2>
        <p class="note">{t.system.limitsHelp}</p>
        <dl class="facts">
          <Fact
            name={t.system.live}
            value={now.admission.limit === null ? String(now.admission.live) : `${now.admission.live} / ${now.admission.limit}`}
          />
          <Fact
            name={t.system.errors}
            value={
              now.errors.limit === 0
                ? t.system.noLimit(now.errors.in_window)
                : t.system.errorsOf(now.errors.in_window, now.errors.limit, now.errors.window_seconds)
            }
          />
          <Fact name={t.system.lateness} value={`${now.admission.lateness_p99_ms.toFixed(1)} ms`} />
        </dl>
      </section>
      {may('admin') && <RefusedRecords />}
      <RetentionPanel />
      <section class="panel tab-panel" aria-labelledby="server-title">
        <h2 id="server-title" class="group-title">
          {t.system.server}
        </h2>
        <dl class="facts">
          <Fact name={t.system.version} value={now.version} />
          <Fact name={t.system.instance} value={now.instance} />
        </dl>
        <LogLevel now={now} />
      </section>
    </>
  );
}

function Calls({ now }: { now: System }) {
  const t = words.value.ajustes.system;
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const stop = async () => {
    try {
      system.value = await stopCalls(reason.trim());
      setAsking(false);
      setReason('');
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <section class="panel tab-panel" aria-labelledby="calls-title">
      <h2 id="calls-title" class="group-title">
        {t.calls}
      </h2>
      {now.stop ? (
        <>
          <p>
            <span class="tag tag-bad">{t.stopped}</span> {words.value.banner.since} <Time iso={now.stop.since} />:{' '}
            {now.stop.reason}
          </p>
          <p class="section-actions">{may('admin') && <Resume />}</p>
        </>
      ) : (
        <>
          <p>
            <span class={`tag ${now.accepting ? 'tag-ok' : 'tag-bad'}`}>{now.accepting ? t.taking : t.refusing}</span>{' '}
            {t.stopHelp}
          </p>
          <p class="section-actions">
            {may('admin') && (
              <button type="button" onClick={() => setAsking(true)}>
                {t.stop}
              </button>
            )}
          </p>
        </>
      )}
      {asking && (
        <Dialog
          title={t.stopTitle}
          onCancel={() => setAsking(false)}
          actions={
            <>
              <button type="button" onClick={() => setAsking(false)}>
                {words.value.agentes.cancel}
              </button>
              <button type="submit" form="stop-calls" class="danger" disabled={reason.trim() === ''}>
                {t.stop}
              </button>
            </>
          }
        >
          <form
            id="stop-calls"
            onSubmit={(event) => {
              event.preventDefault();
              if (reason.trim() !== '') void stop();
            }}
          >
            <p>{t.stopWhat}</p>
            <label for="stop-reason">{t.reason}</label>
            <input
              id="stop-reason"
              type="text"
              maxLength={500}
              autoFocus
              autoComplete="off"
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
            {problem && <ProblemBox {...problem} />}
          </form>
        </Dialog>
      )}
    </section>
  );
}

function LogLevel({ now }: { now: System }) {
  const t = words.value.ajustes.system;
  const [problem, setProblem] = useState<Problem | null>(null);
  const change = async (level: LogLevel) => {
    try {
      await setLogLevel(level);
      setProblem(null);
      toast({ text: t.logLevelChanged(level) });
    } catch (error) {
      setProblem(problemOf(error));
    }
    await readSystem();
  };
  return (
    <div class="new-thing">
      <label>
        {t.logLevel}
        <select
          disabled={!may('admin')}
          value={now.log_level}
          onChange={(event) => void change(event.currentTarget.value as LogLevel)}
        >
          {kLogLevels.map((level) => (
            <option key={level} value={level}>
              {level}
            </option>
          ))}
        </select>
      </label>
      <p class="note">{t.logLevelHelp}</p>
      {problem && <ProblemBox {...problem} />}
    </div>
  );
}
