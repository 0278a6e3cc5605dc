// The telephone numbers that the agent answers. They are assigned at once: they are no settings of it.

import { useState } from 'preact/hooks';
import type { Agent } from '../../../generated/api';
import { assignNumber, getAgent, listNumbers, releaseNumber } from '../../agents_api';
import { ProblemBox } from '../../components/problem_box';
import { phone, plainNumber } from '../../format';
import { words } from '../../i18n/i18n';
import { problemOf, type Problem } from '../problem_of';

export function Numbers({ agent, onChanged }: { agent: Agent; onChanged: (agent: Agent) => void }) {
  const t = words.value.agentes;
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState('');
  const [warned, setWarned] = useState(''); // the number that is known to be another agent's
  const [problem, setProblem] = useState<Problem | null>(null);
  const act = async (what: () => Promise<unknown>) => {
    try {
      await what();
      setProblem(null);
      onChanged(await getAgent(agent.id));
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const assign = async () => {
    const number = plainNumber(typed);
    if (!/^\+[1-9]\d{1,14}$/.test(number)) {
      setWrong(t.numberWrong);
      return;
    }
    await act(async () => {
      const holder = (await listNumbers()).find((one) => one.number === number && one.agent_id !== agent.id);
      if (holder && warned !== number) {
        setWarned(number);
        setWrong(t.numberTaken(holder.agent));
        return;
      }
      await assignNumber(number, agent.id);
      setTyped('');
      setWrong('');
    });
  };
  return (
    <section class="panel tab-panel" aria-labelledby="numbers-title">
      <h2 id="numbers-title" class="group-title">
        {t.numbers}
      </h2>
      <p class="note">{t.numbersHelp}</p>
      {problem && <ProblemBox {...problem} title={t.actionFailed} />}
      <form
        class="number-form"
        onSubmit={(event) => {
          event.preventDefault();
          void assign();
        }}
      >
        <label for="new-number">{t.number}</label>
        <div class="number-row">
          <input
            id="new-number"
            type="tel"
            autoComplete="off"
            aria-describedby="new-number-help"
            aria-invalid={wrong !== ''}
            value={typed}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              setWrong('');
            }}
          />
          <button type="submit">{t.assign}</button>
        </div>
        <div class="setting-help" id="new-number-help">
          {wrong !== '' && (
            <p class="setting-wrong" role="alert">
              {wrong}
            </p>
          )}
          <p>{t.numberHint}</p>
        </div>
      </form>
      {agent.numbers.length === 0 ? (
        <p class="note">{t.noNumbersHere}</p>
      ) : (
        <ul class="numbers">
          {agent.numbers.map((number) => (
            <li key={number} data-number={number}>
              <span>{phone(number)}</span>
              <button
                type="button"
                aria-label={`${t.release} ${number}`}
                onClick={() => void act(() => releaseNumber(number))}
              >
                {t.release}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
