// Numbers and times as people read them. `locale` is a BCP 47 tag, `now` the present; zones are the viewer's.

export interface TimeWords {
  today: string;
  yesterday: string;
}

/** "hoy 14:32", "ayer 09:10", "12 nov 14:32", and the year when it is another. */
export function timeInWords(iso: string, locale: string, words: TimeWords, now: Date = new Date()): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time);
  const days = dayNumber(now) - dayNumber(time);
  if (days === 0) return `${words.today} ${clock}`;
  if (days === 1) return `${words.yesterday} ${clock}`;
  const year: Intl.DateTimeFormatOptions = time.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(time);
  return `${day} ${clock}`;
}

/** The exact time in the viewer's zone, with milliseconds and the zone's name. */
export function exactTime(iso: string, locale: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(time);
}

/** Days since an epoch, of the calendar day in the viewer's zone; not of 24 hours, for clocks change. */
function dayNumber(time: Date): number {
  return Math.round(Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) / 86_400_000);
}

/** "mañana", "dentro de 3 días": a day to come, in the viewer's zone. */
export function inDays(iso: string, locale: string, now: Date = new Date()): string {
  const days = Math.max(0, dayNumber(new Date(iso)) - dayNumber(now));
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

/** "1,234". */
export function numberText(n: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }).format(n);
}

/** "0:07", "12:34", "1:02:03". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds % 60)}`;
  return `${minutes}:${two(seconds % 60)}`;
}

/** "0.62 s": a response time, with the locale's decimal sign. */
export function seconds(ms: number, locale: string): string {
  return `${new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(ms / 1000)} s`;
}

/** "620 ms". */
export function milliseconds(ms: number, locale: string): string {
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(ms)} ms`;
}

/** A telephone number as it is typed, in the form the server takes: "+525512345678". */
export const plainNumber = (typed: string): string => typed.replace(/[\s().-]/g, '');

/** A telephone number in groups: "+52 55 1234 5678". What is not an E.164 number stays as it is. */
export function phone(number: string): string {
  const digits = /^\+(\d{8,15})$/.exec(number)?.[1];
  if (!digits) return number;
  const mexico = /^52(55|56|33|81)(\d{4})(\d{4})$/.exec(digits) ?? /^52(\d{3})(\d{3})(\d{4})$/.exec(digits);
  if (mexico) return `+52 ${mexico[1]} ${mexico[2]} ${mexico[3]}`;
  const northAmerica = /^1(\d{3})(\d{3})(\d{4})$/.exec(digits);
  if (northAmerica) return `+1 ${northAmerica[1]} ${northAmerica[2]} ${northAmerica[3]}`;
  return `+${digits}`;
}
