// A button that asks before it does what cannot be taken back.

import { useState } from 'preact/hooks';
import { problemOf, type Problem } from '../pages/problem_of';
import { words } from '../i18n/i18n';
import { Dialog } from './dialog';
import { ProblemBox } from './problem_box';

export interface ConfirmProps {
  label: string;
  /** Of the button, when its label alone does not say of what. */
  of?: string;
  title: string;
  help: string;
  danger?: boolean;
  run: () => Promise<void>;
}

export function Confirm({ label, of, title, help, danger, run }: ConfirmProps) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const act = async () => {
    try {
      await run();
      setAsking(false);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <>
      <button type="button" aria-label={of ? `${label} ${of}` : undefined} onClick={() => setAsking(true)}>
        {label}
      </button>
      {asking && (
        <Dialog
          title={title}
          onCancel={() => setAsking(false)}
          actions={
            <>
              <button type="button" onClick={() => setAsking(false)}>
                {words.value.agentes.cancel}
              </button>
              <button type="button" class={danger ? 'danger' : 'primary'} autoFocus onClick={() => void act()}>
                {label}
              </button>
            </>
          }
        >
          <p>{help}</p>
          {problem && <ProblemBox {...problem} />}
        </Dialog>
      )}
    </>
  );
}
