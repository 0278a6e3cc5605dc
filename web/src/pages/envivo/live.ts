// The stream of what happens in the calls, open while somebody looks on.

import { signal } from '@preact/signals';
import { kLiveStream, listLiveCalls, type LiveEvent } from '../../live_api';
import { problemOf, type Problem } from '../problem_of';
import { parseLiveEvent, withElsewhere, withEvent, type LiveList } from './live_list';

const kElsewhereMs = 10_000;

export const liveCalls = signal<LiveList | null>(null); // null: not known yet
export const liveProblem = signal<Problem | null>(null);
export const connected = signal(true);

type Listener = (event: LiveEvent) => void;
const listeners = new Set<Listener>();

/** Each event from now on. Gives what ends it. */
export function onLiveEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Gives what closes it. */
export function watchLiveCalls(): () => void {
  const source = new EventSource(kLiveStream);
  const take = (name: string) => (message: MessageEvent<string>) => {
    const event = parseLiveEvent(name, message.data);
    if (!event) return;
    connected.value = true;
    liveProblem.value = null;
    liveCalls.value = withEvent(liveCalls.value ?? new Map(), event);
    for (const listener of [...listeners]) listener(event);
  };
  for (const name of ['reset', 'call', 'turn', 'state', 'ended']) source.addEventListener(name, take(name));
  source.onopen = () => (connected.value = true);
  source.onerror = () => (connected.value = false);
  const readElsewhere = async () => {
    if (document.visibilityState !== 'visible') return;
    try {
      const all = await listLiveCalls();
      liveCalls.value = withElsewhere(liveCalls.value ?? new Map(), all);
      liveProblem.value = null;
    } catch (error) {
      liveProblem.value = problemOf(error);
      // A stream that was refused does not come back by itself.
      if (source.readyState === EventSource.CLOSED) connected.value = false;
    }
  };
  void readElsewhere();
  const timer = setInterval(() => void readElsewhere(), kElsewhereMs);
  return () => {
    clearInterval(timer);
    source.close();
    liveCalls.value = null;
    connected.value = true;
  };
}
