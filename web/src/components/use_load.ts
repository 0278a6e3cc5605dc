// What a page reads from the server: the value, what went wrong, and reading it again.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api';
import { problemOf, type Problem } from '../pages/problem_of';

export interface Loaded<T> {
  value: T | null;
  problem: Problem | null;
  /** The server has no such address: an older one, or a part that is switched off. */
  missing: boolean;
  reload: () => Promise<void>;
}

/** Reads at once, when `key` changes, and every `everyMs` while the page is looked at. */
export function useLoad<T>(read: () => Promise<T>, key: string, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ value: null, problem: null, missing: false });
  const latest = useRef(0);
  const gone = useRef(false);
  const reload = async () => {
    const mine = ++latest.current;
    try {
      const value = await read();
      if (mine === latest.current) setState({ value, problem: null, missing: false });
    } catch (error) {
      if (mine !== latest.current) return;
      const missing = error instanceof ApiError && error.status === 404;
      gone.current = missing;
      setState((before) => ({ value: before.value, problem: missing ? null : problemOf(error), missing }));
    }
  };
  const shown = useRef(key);
  useEffect(() => {
    // What was read for another key is not shown under this one's name.
    if (shown.current !== key) setState({ value: null, problem: null, missing: false });
    shown.current = key;
    void reload();
    const timer =
      everyMs === undefined
        ? undefined
        : setInterval(() => {
            // What the server does not have, it will not have while this page is open.
            if (document.visibilityState === 'visible' && !gone.current) void reload();
          }, everyMs);
    return () => {
      latest.current++;
      clearInterval(timer);
    };
  }, [key]);
  return { ...state, reload };
}
