// The small simulator beside the form: what was saved can be heard at once.

import { useEffect } from 'preact/hooks';
import { Bubble } from '../../components/bubble';
import { ProblemBox } from '../../components/problem_box';
import { duration, seconds } from '../../format';
import { locale, words } from '../../i18n/i18n';
import { hrefOf } from '../../router';
import { choose } from '../probar/choice';
import { asShown } from '../probar/conversation';
import { CallButton, Meter, State } from '../probar/controls';
import { SayBox } from '../probar/say_box';
import { busy, lines, problems, timings } from '../probar/state';
import type { Scope } from './draft';

const kLinesShown = 6;

export function TryPanel({ agent, scope, dirty }: { agent: string; scope: Scope; dirty: boolean }) {
  const t = words.value;
  useEffect(() => {
    if (!busy.value) choose(agent, scope === 'shared' ? 'browser' : scope);
  }, [agent, scope, busy.value]);
  const last = [...timings.value.values()].at(-1)?.['response_ms'];
  return (
    <aside class="panel try-panel" aria-labelledby="try-title" data-testid="try-panel">
      <h2 id="try-title">{t.probar.title}</h2>
      <p class="note">{dirty ? t.agentes.tryDirty : t.agentes.tryHelp}</p>
      <CallButton />
      <State />
      <Meter />
      {problems.value.map((problem, index) => (
        <ProblemBox key={index} code={problem.code} detail={problem.detail} />
      ))}
      <ol class="bubbles" aria-live="polite">
        {asShown(lines.value).slice(-kLinesShown).map((line) => (
          <Bubble
            key={line.key}
            role={line.role}
            who={line.role === 'user' ? t.common.you : t.common.agent}
            text={line.text}
            cut={line.cut}
            interrupted={line.interrupted}
            when={duration(line.atMs)}
          />
        ))}
      </ol>
      {last !== undefined && <p class="note">{t.probar.responseIn(seconds(last, locale.value))}</p>}
      {busy.value && <SayBox />}
      <a href={hrefOf({ page: 'probar' })}>{t.agentes.tryWhole}</a>
    </aside>
  );
}
