// What happened and what to do, wherever something has gone wrong.

import type { ComponentChildren } from 'preact';
import { lookUp, words } from '../i18n/i18n';

export interface ProblemProps {
  code: string;
  /** The server's own words, shown as they are. */
  detail: string;
  /** A sentence of the page that says what failed; else the code's. */
  title?: string;
  children?: ComponentChildren;
}

export function ProblemBox({ code, detail, title, children }: ProblemProps) {
  const { common, problems, problemAdvice } = words.value;
  const known = Object.hasOwn(problems, code) ? code : 'other';
  const heading = lookUp(problems, known);
  return (
    <div class="problem" role="alert" data-code={code}>
      <p class="problem-title">{title ?? heading}</p>
      {title && <p>{heading}.</p>}
      {detail !== '' && (
        <p class="problem-detail">
          {common.serverSays} <q>{detail}</q>
        </p>
      )}
      <p>
        <strong>{common.whatToDo}</strong> {lookUp(problemAdvice, known)}
      </p>
      {(children || code === 'signed-out') && (
        <p class="problem-actions">
          {code === 'signed-out' && (
            <a class="button" href="/login">
              {words.value.signIn}
            </a>
          )}
          {children}
        </p>
      )}
    </div>
  );
}
