// What has just happened, for some seconds, with at most one thing to do about it.

import { signal } from '@preact/signals';
import { words } from '../i18n/i18n';

interface Toast {
  text: string;
  action?: { label: string; run: () => void };
}

const kShownMs = 10_000;

const shown = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export function toast(next: Toast): void {
  shown.value = next;
  clearTimeout(timer);
  timer = setTimeout(() => (shown.value = null), kShownMs);
}

export function ToastArea() {
  const now = shown.value;
  const close = () => (shown.value = null);
  return (
    <div class="toast-area" role="status" data-testid="toast">
      {now && (
        <div class="toast" onFocusIn={() => clearTimeout(timer)} onPointerEnter={() => clearTimeout(timer)}>
          <span class="toast-text">{now.text}</span>
          {now.action && (
            <button
              type="button"
              onClick={() => {
                close();
                now.action!.run();
              }}
            >
              {now.action.label}
            </button>
          )}
          <button type="button" class="quiet" aria-label={words.value.common.close} onClick={close}>
            ×
          </button>
        </div>
      )}
    </div>
  );
}
