// A line of a list of facts (dl.facts): what it is, and what it is here. None without a value.

import type { ComponentChildren } from 'preact';

export function Fact({ name, value }: { name: string; value: ComponentChildren }) {
  if (value === null || value === undefined || value === false || value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
