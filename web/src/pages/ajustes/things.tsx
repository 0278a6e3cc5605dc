// A part of the settings that is a list of things: its heading, what is wrong, the list, and a form for another.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Loading } from '../../components/loading';
import { ProblemBox } from '../../components/problem_box';
import type { Loaded } from '../../components/use_load';
import { may } from '../../session';
import { problemOf, type Problem } from '../problem_of';

/** Does something to one of the things and reads them again; says what went wrong above the list. */
export type Act = (what: () => Promise<unknown>) => Promise<void>;

export interface ThingsProps<T> {
  id: string; // of its heading and its list
  words: { title: string; help: string; failed: string; empty: string };
  things: Loaded<T[]>;
  /** An item of the list, with its key. */
  row: (thing: T, act: Act) => ComponentChildren;
  /** The form for a new one, for who may. */
  children?: ComponentChildren;
}

export function Things<T>({ id, words, things, row, children }: ThingsProps<T>) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const act: Act = async (what) => {
    try {
      await what();
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
    await things.reload();
  };
  return (
    <section class="panel tab-panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} class="group-title">
        {words.title}
      </h2>
      <p class="note">{words.help}</p>
      <Loading of={things} />
      {problem && <ProblemBox {...problem} title={words.failed} />}
      {things.value?.length === 0 && <p class="empty">{words.empty}</p>}
      <ul class="rows things" data-testid={id}>
        {things.value?.map((thing) => row(thing, act))}
      </ul>
      {things.value && may('admin') && children}
    </section>
  );
}

export interface NewThingProps {
  words: { add: string; addAction: string; failed: string };
  ready?: boolean; // the button can be pressed
  make: () => Promise<void>;
  children: ComponentChildren;
  /** Below the button. */
  help?: ComponentChildren;
}

export function NewThing({ words, ready = true, make, children, help }: NewThingProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      await make();
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  return (
    <form
      class="new-thing"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h3>{words.add}</h3>
      {problem && <ProblemBox {...problem} title={words.failed} />}
      {children}
      <button type="submit" class="primary" disabled={!ready || busy}>
        {words.addAction}
      </button>
      {help}
    </form>
  );
}

export interface TextFieldProps {
  label: string;
  value: string;
  wide?: boolean;
  onValue: (value: string) => void;
  type?: 'text' | 'password' | 'number' | 'url';
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  min?: number;
  max?: number;
  pattern?: string;
  placeholder?: string;
  spellcheck?: boolean;
  autoComplete?: string;
  'aria-describedby'?: string;
}

export function TextField({ label, wide = false, onValue, ...input }: TextFieldProps) {
  // Preact's type of an input is another for each `type`; what is given here goes with all of them.
  const attributes = { type: 'text', autoComplete: 'off', ...input } as { type: 'text' };
  return (
    <label class={wide ? 'wide' : ''}>
      {label}
      <input {...attributes} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}
