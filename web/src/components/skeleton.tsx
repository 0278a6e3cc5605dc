import { useEffect, useState } from 'preact/hooks';
import { words } from '../i18n/i18n';

/** Grey lines where text will be. Shown after 300 ms; after 3 s it says what it waits for. */
export function Skeleton({ rows, slow }: { rows: number; slow: string }) {
  const [age, setAge] = useState<'new' | 'shown' | 'slow'>('new');
  useEffect(() => {
    const timers = [setTimeout(() => setAge('shown'), 300), setTimeout(() => setAge('slow'), 3000)];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div class="skeleton" role="status" aria-busy="true">
      <span class={age === 'slow' ? '' : 'sr-only'}>{age === 'slow' ? slow : words.value.common.loading}</span>
      {age !== 'new' && Array.from({ length: rows }, (_, i) => <div key={i} class="skeleton-row" aria-hidden="true" />)}
    </div>
  );
}
