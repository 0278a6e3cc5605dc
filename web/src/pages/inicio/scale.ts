// The arithmetic of a chart: a round top for its axis, and lines with their gaps. Pure.

/** The smallest of 1, 2, 2.5, 5 x 10^n that is at least `value`, and never less than `least`. */
export function roundTop(value: number, least: number): number {
  const wanted = Math.max(value, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  for (const step of [1, 2, 2.5, 5, 10]) if (step * power >= wanted) return step * power;
  return 10 * power;
}

/** The path of a line through `values`; where there is none the line is broken. A lone point is a short dash. */
export function linePath(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let drawing = false;
  values.forEach((value, index) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const alone = !drawing && (values[index + 1] ?? null) === null;
    const at = (dx: number) => `${(x(index) + dx).toFixed(1)},${y(value).toFixed(1)}`;
    path += alone ? `M${at(-3)}L${at(3)}` : `${drawing ? 'L' : 'M'}${at(0)}`;
    drawing = true;
  });
  return path;
}

const kLabelApart = 14; // px between the middles of two labels

/** Where labels go that would like to be at `wanted`, top to bottom: none on top of the one before. */
export function labelHeights(wanted: readonly number[]): number[] {
  const heights: number[] = [];
  for (const one of wanted) heights.push(Math.max(one, (heights.at(-1) ?? -Infinity) + kLabelApart));
  return heights;
}

/** How much `now` differs from `before`, as a share of it; null where that says nothing. */
export function trend(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null;
  return (now - before) / before;
}
