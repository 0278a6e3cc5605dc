// The time that the overview is about. Pure.

export const kPeriods = ['today', '7d', '30d'] as const;
export type Period = (typeof kPeriods)[number];

export interface Span {
  from: Date;
  to: Date;
  bucket: 'hour' | 'day';
}

/** Whole days of the viewer's clock, today's included. */
export function spanOf(period: Period, now: Date): Span {
  const days = { today: 0, '7d': 6, '30d': 29 }[period];
  const from = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const to = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  return { from, to, bucket: period === 'today' ? 'hour' : 'day' };
}
