// What is wrong, on every page, and only then: what, since when, and one thing to do.

import { useState } from 'preact/hooks';
import { lookUp, words } from '../i18n/i18n';
import { may } from '../session';
import { resumeCalls } from '../settings_api';
import { readSystem, system, unreachable } from '../system';
import { problemOf, type Problem } from '../pages/problem_of';
import { Dialog } from './dialog';
import { ProblemBox } from './problem_box';
import { Time } from './time';

export function Banner() {
  const t = words.value.banner;
  const now = system.value;
  if (unreachable.value)
    return (
      <div class="banner banner-bad" role="alert" data-testid="banner" data-code="unreachable">
        <p>
          <strong>{t.unreachable}</strong> {t.unreachableHelp}
        </p>
        <button type="button" onClick={() => void readSystem()}>
          {words.value.common.retry}
        </button>
      </div>
    );
  if (!now) return null;
  if (now.stop)
    return (
      <div class="banner banner-bad" role="alert" data-testid="banner" data-code="stopped">
        <p>
          <strong>{t.stopped}</strong> {t.since} <Time iso={now.stop.since} />
          {`. ${t.reason}: ${now.stop.reason}`} ({now.stop.by === 'errors' ? t.byErrors : now.stop.by}).
        </p>
        {may('admin') && <Resume />}
      </div>
    );
  if (!now.accepting)
    return (
      <div class="banner banner-bad" role="alert" data-testid="banner" data-code={now.refusing?.code ?? 'refusing'}>
        <p>
          <strong>{t.refusing}</strong> {lookUp(t.refusingWhy, now.refusing?.code ?? '') || now.refusing?.text}
        </p>
      </div>
    );
  const open = now.breakers.filter((breaker) => breaker.state === 'open');
  if (open.length > 0)
    return (
      <div class="banner banner-warn" role="alert" data-testid="banner" data-code="provider">
        <p>
          <strong>{t.provider(open.map((one) => lookUp(t.operations, one.operation)).join(', '))}</strong> {t.since}{' '}
          <Time iso={open[0]!.since} />. {t.providerHelp}
        </p>
        <a class="button" href="#/inicio">
          {t.see}
        </a>
      </div>
    );
  return null;
}

/** Asks first: calls begin to ring again everywhere. */
export function Resume() {
  const t = words.value.banner;
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const resume = async () => {
    try {
      system.value = await resumeCalls();
      setAsking(false);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <>
      <button type="button" class="primary" onClick={() => setAsking(true)}>
        {t.resume}
      </button>
      {asking && (
        <Dialog
          title={t.resumeTitle}
          onCancel={() => setAsking(false)}
          actions={
            <>
              <button type="button" onClick={() => setAsking(false)}>
                {t.cancel}
              </button>
              <button type="button" class="primary" autoFocus onClick={() => void resume()}>
                {t.resumeNow}
              </button>
            </>
          }
        >
          <p>{t.resumeHelp}</p>
          {problem && <ProblemBox {...problem} />}
        </Dialog>
      )}
    </>
  );
}
