// The sound of both sides and the agent's state, drawn as time goes by.

import { useEffect, useRef } from 'preact/hooks';
import { words } from '../../i18n/i18n';
import { language, theme } from '../../preferences';
import { busy, elapsedMs, startedAt, trace } from './state';
import { heightOf, kColumnMs, type Trace } from './trace';

const kColumnPx = 3;
const kLanePx = 44;
const kStatePx = 10;
const kGapPx = 6;
const kHeightPx = 2 * kLanePx + 2 * kGapPx + kStatePx;

interface Colours {
  caller: string;
  agent: string;
  rest: string;
  warn: string;
}

export function Traces() {
  const t = words.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const keys = useRef<HTMLDivElement>(null);
  const running = busy.value;
  const shown = trace.value;
  const look = `${theme.value} ${language.value}`;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    let frame = 0;
    let colours = readColours(keys.current);
    const paint = () => draw(element, shown, colours);
    const step = () => {
      if (startedAt.value !== null) shown.advance(elapsedMs());
      paint();
      if (running) frame = requestAnimationFrame(step);
    };
    const recolour = () => {
      colours = readColours(keys.current);
      paint();
    };
    const resized = new ResizeObserver(paint);
    resized.observe(element);
    dark.addEventListener('change', recolour);
    step();
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      dark.removeEventListener('change', recolour);
    };
  }, [running, shown, look]);

  return (
    <div class="traces" role="img" aria-label={t.probar.traces}>
      <div class="trace-keys" ref={keys} aria-hidden="true">
        <span class="key-caller">{t.common.you}</span>
        <span class="key-agent">{t.common.agent}</span>
        <span class="key-rest" />
        <span class="key-warn" />
      </div>
      <canvas ref={canvas} height={kHeightPx} aria-hidden="true" />
    </div>
  );
}

/** The style sheet's colours, as the browser has computed them for the present theme. */
function readColours(keys: HTMLDivElement | null): Colours {
  const of = (name: string) => {
    const key = keys?.querySelector(`.key-${name}`);
    return key ? getComputedStyle(key).color : 'gray';
  };
  return { caller: of('caller'), agent: of('agent'), rest: of('rest'), warn: of('warn') };
}

function draw(canvas: HTMLCanvasElement, trace: Trace, colours: Colours): void {
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(kHeightPx * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(kHeightPx * scale);
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, kHeightPx);

  const fitting = Math.floor(width / kColumnPx);
  const first = Math.max(0, trace.columns - fitting);
  const stateTop = 2 * kLanePx + 2 * kGapPx;
  drawBaseline(context, width, kLanePx / 2, colours.rest);
  drawBaseline(context, width, kLanePx + kGapPx + kLanePx / 2, colours.rest);
  drawSeconds(context, first, trace.columns, stateTop, colours.rest);
  for (let column = first; column < trace.columns; column++) {
    const x = (column - first) * kColumnPx;
    drawColumn(context, x, kLanePx / 2, trace.caller[column] ?? 0, colours.caller);
    drawColumn(context, x, kLanePx + kGapPx + kLanePx / 2, trace.agent[column] ?? 0, colours.agent);
    if (trace.cuts[column]) drawCut(context, x, kLanePx + kGapPx + kLanePx / 2, colours.warn);
    const state = trace.states[column];
    if (!state) continue;
    context.fillStyle = {
      listening: colours.caller,
      processing: colours.rest,
      tool_executing: colours.warn,
      speaking: colours.agent,
      interrupted: colours.warn,
      ending: colours.rest,
    }[state];
    context.fillRect(x, stateTop, kColumnPx, kStatePx);
  }
}

function drawBaseline(context: CanvasRenderingContext2D, width: number, y: number, colour: string): void {
  context.fillStyle = colour;
  context.globalAlpha = 0.5;
  context.fillRect(0, y, width, 1);
  context.globalAlpha = 1;
}

/** A tick every five seconds. */
function drawSeconds(
  context: CanvasRenderingContext2D,
  first: number,
  columns: number,
  bottom: number,
  colour: string,
): void {
  const every = 5000 / kColumnMs;
  context.fillStyle = colour;
  context.globalAlpha = 0.35;
  for (let column = Math.ceil(first / every) * every; column < columns; column += every) {
    context.fillRect((column - first) * kColumnPx, 0, 1, bottom);
  }
  context.globalAlpha = 1;
}

/** A dot for each moment that the agent was not heard any more. */
function drawCut(context: CanvasRenderingContext2D, x: number, middle: number, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(x, middle - 1, kColumnPx - 1, 2);
}

function drawColumn(
  context: CanvasRenderingContext2D,
  x: number,
  middle: number,
  rms: number,
  colour: string,
): void {
  const height = heightOf(rms) * (kLanePx - 4);
  if (height < 1) return;
  context.fillStyle = colour;
  context.fillRect(x, middle - height / 2, kColumnPx - 1, height);
}
