import { exactTime, timeInWords } from '../format';
import { locale, words } from '../i18n/i18n';

/** A moment in words, in the viewer's zone; exact on hover. */
export function Time({ iso }: { iso: string }) {
  return (
    <time dateTime={iso} title={exactTime(iso, locale.value)}>
      {timeInWords(iso, locale.value, words.value.time)}
    </time>
  );
}
