// A line of a conversation, live or from the history.

import type { ComponentChildren } from 'preact';
import { words } from '../i18n/i18n';

export interface BubbleProps {
  role: 'user' | 'assistant';
  who: string;
  text: string;
  /** What was about to be said and was not heard. */
  cut: string;
  interrupted: boolean;
  /** It is the one that sounds. */
  current?: boolean;
  when: ComponentChildren;
  children?: ComponentChildren;
}

export function Bubble({ role, who, text, cut, interrupted, current = false, when, children }: BubbleProps) {
  const t = words.value.probar;
  return (
    <li
      class={`bubble bubble-${role}${current ? ' bubble-current' : ''}`}
      data-role={role}
      data-interrupted={interrupted ? 'true' : undefined}
      aria-current={current ? 'true' : undefined}
    >
      <p class="bubble-head">
        <span class="bubble-who">{who}</span>
        <span class="bubble-when">{when}</span>
        {interrupted && <span class="tag tag-warn">{t.interrupted}</span>}
      </p>
      <p class="bubble-text" data-testid="line-text">
        {text}
        {cut.startsWith(' ') && ' '}
        {cut !== '' && <s title={t.notHeard}>{cut.trimStart()}</s>}
        {interrupted && cut === '' && '…'}
      </p>
      {children}
    </li>
  );
}
