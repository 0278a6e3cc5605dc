// The live transcript: what each side has said so far, from the messages as they come.

import type { Role } from './wire';

export interface Line {
  key: string;
  role: Role;
  text: string; // of the agent, once interrupted: what was heard
  cut: string; // of the agent, when interrupted: what was about to be said and was not heard
  turn: number | null;
  interrupted: boolean;
  open: boolean; // of the agent: it is about to be said, or is being said
  atMs: number; // since the call began
}

export interface Said {
  role: Role;
  text: string;
  turn: number | null;
  interrupted: boolean;
  whole: boolean; // the turn is over; else one of its clauses
}

/** `lines` with `said` in it: a new line, or a later word on the line of the same turn. */
export function addToConversation(lines: readonly Line[], said: Said, atMs: number): Line[] {
  const text = said.text.trim();
  const index = said.turn === null ? -1 : lines.findIndex((l) => l.turn === said.turn && l.role === said.role);
  if (index < 0) {
    if (text === '' && !said.interrupted) return [...lines];
    const key = `${said.role}-${said.turn ?? 'x'}-${lines.length}`;
    const open = said.role === 'assistant' && !said.whole;
    return [...lines, { key, role: said.role, text, cut: '', turn: said.turn, interrupted: said.interrupted, open, atMs }];
  }
  const before = lines[index]!;
  // What a caller said is said again as a whole, when they went on after what seemed to be the end.
  if (said.role === 'user') return lines.map((line, i) => (i === index ? { ...before, text } : line));
  const grown = said.interrupted ? cutShort(before, text) : { ...before, text: continued(before.text, text) };
  const next = { ...grown, open: !said.whole };
  return lines.map((line, i) => (i === index ? next : line));
}

/** The turn's text so far (a server says it whole each time) or its next clause. */
function continued(before: string, text: string): string {
  if (text === '' || before.startsWith(text)) return before;
  if (text.startsWith(before)) return text;
  return `${before} ${text}`;
}

function cutShort(before: Line, heard: string): Line {
  const all = before.text + before.cut;
  // Nothing said of what was heard: all that is known is that it was cut.
  if (heard === '') return { ...before, interrupted: true };
  const cut = all.startsWith(heard) ? all.slice(heard.length) : '';
  return { ...before, text: heard, cut, interrupted: true };
}

/**
 * The lines as they are shown. Of an agent's that is open still with something after it nothing was heard: the
 * caller went on before it began to sound, and it was taken back.
 */
export function asShown(lines: readonly Line[]): Line[] {
  return lines.map((line, index) =>
    line.open && index < lines.length - 1 ? { ...line, text: '', cut: line.text } : line,
  );
}

/**
 * Which line shows the times of turn `turn`: the agent's line of that number; when the number is the
 * caller's, the answer that follows it.
 */
export function lineOfTimings(lines: readonly Line[], turn: number): string | null {
  const own = lines.find((line) => line.role === 'assistant' && line.turn === turn);
  if (own) return own.key;
  const asked = lines.findIndex((line) => line.role === 'user' && line.turn === turn);
  if (asked < 0) return null;
  return lines.slice(asked + 1).find((line) => line.role === 'assistant')?.key ?? null;
}
