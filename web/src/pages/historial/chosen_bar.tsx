// What is done to the calls that are chosen, below the list while any are.

import { useState } from 'preact/hooks';
import { ProblemBox } from '../../components/problem_box';
import { numberText } from '../../format';
import { countCalls, type Filter } from '../../history_api';
import { locale, words } from '../../i18n/i18n';
import { may } from '../../session';
import { problemOf, type Problem } from '../problem_of';
import { sizeOf, untilNow, type Choice, type Matching } from './chosen';

export interface ChosenBarProps {
  choice: Choice;
  filter: Filter;
  /** All that are shown are chosen, and there are more. */
  more: boolean;
  onChange: (matching: Matching | null) => void;
  onDelete: () => void;
}

export function countText({ count, capped }: { count: number; capped: boolean }): string {
  const text = numberText(count, locale.value);
  return capped ? words.value.historial.atLeast(text) : text;
}

export function ChosenBar({ choice, filter, more, onChange, onDelete }: ChosenBarProps) {
  const t = words.value.historial;
  const [problem, setProblem] = useState<Problem | null>(null);
  const size = sizeOf(choice);
  if (size === 0) return null;
  const chooseMatching = async () => {
    try {
      const bounded = untilNow(filter, new Date());
      onChange({ filter: bounded, ...(await countCalls(bounded)) });
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const said = choice.matching ? t.chosenMatching(countText(choice.matching)) : t.chosen(size);
  return (
    <div class="chosen-bar" role="region" aria-label={said} data-testid="chosen">
      <strong>{said}</strong>
      {more && !choice.matching && (
        <button type="button" onClick={() => void chooseMatching()}>
          {t.chooseMatching}
        </button>
      )}
      <button type="button" class="quiet" onClick={() => onChange(null)}>
        {t.chooseNone}
      </button>
      {may('editor') && (
        <button type="button" class="danger" onClick={onDelete}>
          {t.delete}
        </button>
      )}
      {problem && <ProblemBox {...problem} />}
    </div>
  );
}
