// Two charts over the same time: calls as bars, response times as lines. Each has a name and exact values for who
// points at it, and a table for who cannot see it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { locale, words } from '../../i18n/i18n';
import { seconds } from '../../format';
import type { StatsBucket as Bucket } from '../../../generated/api';
import { labelHeights, linePath, roundTop } from './scale';

const kUsualWidth = 640; // until the chart has been laid out
const kHeight = 150;
const kLeft = 44;
const kRight = 56; // for the lines' names
const kTop = 10;
const kBottom = 22;
const kLabelWidth = 64; // of a label below, with the air around it

interface ChartProps {
  buckets: readonly Bucket[];
  bucket: 'hour' | 'day';
}

/** A pixel of the drawing is one of the screen, so that its letters are as large as all others. */
function useFrame(buckets: readonly Bucket[]) {
  const [pointed, setPointed] = useState<number | null>(null);
  const [width, setWidth] = useState(kUsualWidth);
  const svg = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const watched = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    watched.observe(svg.current!);
    return () => watched.disconnect();
  }, []);
  const step = (width - kLeft - kRight) / Math.max(1, buckets.length);
  const onPointer = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const index = Math.floor((event.clientX - box.left - kLeft) / step);
    setPointed(index >= 0 && index < buckets.length ? index : null);
  };
  return {
    svg,
    width,
    pointed,
    step,
    onPointer,
    onLeave: () => setPointed(null),
    x: (index: number) => kLeft + (index + 0.5) * step,
  };
}

const yOf = (top: number) => (value: number) => kTop + (kHeight - kTop - kBottom) * (1 - value / top);

export function CallsChart({ buckets, bucket }: ChartProps) {
  const t = words.value.inicio;
  const frame = useFrame(buckets);
  const top = roundTop(Math.max(...buckets.map((one) => one.calls)), 4);
  const y = yOf(top);
  const shown = frame.pointed === null ? null : buckets[frame.pointed]!;
  return (
    <figure class="chart">
      <figcaption>
        {t.callsChart}
        <span class="chart-value">
          {shown && `${labelOf(shown.at, bucket, true)}: ${t.callsOf(shown.calls)}${shown.failed > 0 ? `, ${t.failedOf(shown.failed)}` : ''}`}
        </span>
      </figcaption>
      <svg
        ref={frame.svg}
        height={kHeight}
        role="img"
        aria-label={t.callsChart}
        onPointerMove={frame.onPointer}
        onPointerLeave={frame.onLeave}
      >
        <Axes buckets={buckets} bucket={bucket} top={top} y={y} x={frame.x} width={frame.width} say={(value) => String(value)} />
        {buckets.map((one, index) => (
          <g key={one.at}>
            <rect
              class={`bar ${frame.pointed === index ? 'bar-pointed' : ''}`}
              x={frame.x(index) - frame.step * 0.36}
              width={frame.step * 0.72}
              y={y(one.calls)}
              height={y(0) - y(one.calls)}
            />
            <rect
              class="bar-failed"
              x={frame.x(index) - frame.step * 0.36}
              width={frame.step * 0.72}
              y={y(one.failed)}
              height={y(0) - y(one.failed)}
            />
          </g>
        ))}
      </svg>
      <Table
        buckets={buckets}
        bucket={bucket}
        columns={[
          [t.figures.calls, (one) => String(one.calls)],
          [t.figures.failed, (one) => String(one.failed)],
        ]}
        caption={t.callsChart}
      />
    </figure>
  );
}

export function ResponseChart({ buckets, bucket }: ChartProps) {
  const t = words.value.inicio;
  const frame = useFrame(buckets);
  const p50 = buckets.map((one) => one.response_p50_ms);
  const p95 = buckets.map((one) => one.response_p95_ms);
  const top = roundTop(Math.max(0, ...p95.map((one) => one ?? 0)), 1000);
  const y = yOf(top);
  const shown = frame.pointed === null ? null : buckets[frame.pointed]!;
  const say = (ms: number | null) => (ms === null ? words.value.common.none : seconds(ms, locale.value));
  const lines = [
    { name: t.p95, values: p95, kind: 'p95' },
    { name: t.median, values: p50, kind: 'p50' },
  ];
  const heights = labelHeights(lines.map(({ values }) => values.findLast((value) => value !== null) ?? 0).map(y));
  return (
    <figure class="chart">
      <figcaption>
        {t.responseChart}
        <span class="chart-value">
          {shown &&
            `${labelOf(shown.at, bucket, true)}: ${t.median} ${say(shown.response_p50_ms)}, ${t.p95} ${say(shown.response_p95_ms)}`}
        </span>
      </figcaption>
      <svg
        ref={frame.svg}
        height={kHeight}
        role="img"
        aria-label={t.responseChart}
        onPointerMove={frame.onPointer}
        onPointerLeave={frame.onLeave}
      >
        <Axes buckets={buckets} bucket={bucket} top={top} y={y} x={frame.x} width={frame.width} say={(ms) => seconds(ms, locale.value)} />
        {frame.pointed !== null && (
          <line class="chart-pointer" x1={frame.x(frame.pointed)} x2={frame.x(frame.pointed)} y1={kTop} y2={y(0)} />
        )}
        {lines.map(({ name, values, kind }, at) => {
          const last = values.findLastIndex((value) => value !== null);
          return (
            <g key={kind}>
              <path class={`line line-${kind}`} d={linePath(values, frame.x, y)} />
              {last >= 0 && (
                <text class={`line-name line-name-${kind}`} x={frame.x(last) + 6} y={heights[at]! + 4}>
                  {name}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <Table
        buckets={buckets}
        bucket={bucket}
        columns={[
          [t.median, (one) => say(one.response_p50_ms)],
          [t.p95, (one) => say(one.response_p95_ms)],
        ]}
        caption={t.responseChart}
      />
    </figure>
  );
}

interface AxesProps extends ChartProps {
  top: number;
  width: number;
  x: (index: number) => number;
  y: (value: number) => number;
  say: (value: number) => string;
}

function Axes({ buckets, bucket, top, width, x, y, say }: AxesProps) {
  const every = Math.max(1, Math.ceil((buckets.length * kLabelWidth) / width));
  return (
    <g class="axes" aria-hidden="true">
      {[0, top / 2, top].filter(Number.isInteger).map((value) => (
        <g key={value}>
          <line x1={kLeft} x2={width - kRight} y1={y(value)} y2={y(value)} />
          <text x={kLeft - 6} y={y(value) + 4} text-anchor="end">
            {say(value)}
          </text>
        </g>
      ))}
      {buckets.map(
        (one, index) =>
          index % every === 0 && (
            <text key={one.at} x={x(index)} y={kHeight - 6} text-anchor="middle">
              {labelOf(one.at, bucket, false)}
            </text>
          ),
      )}
    </g>
  );
}

function labelOf(at: string, bucket: 'hour' | 'day', whole: boolean): string {
  const time = new Date(at);
  const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
  const hour: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const parts = bucket === 'day' ? day : whole ? { ...day, ...hour } : hour;
  return new Intl.DateTimeFormat(locale.value, parts).format(time);
}

interface TableProps extends ChartProps {
  caption: string;
  columns: readonly (readonly [title: string, value: (one: Bucket) => string])[];
}

function Table({ buckets, bucket, caption, columns }: TableProps) {
  return (
    <div class="sr-only">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.value.inicio.when}</th>
            {columns.map(([title]) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.map((one) => (
            <tr key={one.at}>
              <th scope="row">{labelOf(one.at, bucket, true)}</th>
              {columns.map(([title, value]) => (
                <td key={title}>{value(one)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
