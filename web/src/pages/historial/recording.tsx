// The recording: both voices as they sounded, and where one is in it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { peaksOf, type Peaks } from '../../audio/wav_reader';
import { duration } from '../../format';
import { words } from '../../i18n/i18n';
import { theme } from '../../preferences';
import { attach, playing, positionMs, seek, toggle } from './player';

const kColumns = 900;
const kLanePx = 44;
const kHeightPx = 2 * kLanePx + 8;
const kSpeeds = [1, 1.25, 1.5, 2];
const kMostBytes = 120 * 1024 * 1024; // beyond that, it is played and not drawn

export function Recording({ href, lengthMs, bytes }: { href: string; lengthMs: number; bytes: number }) {
  const t = words.value.call;
  const audio = useRef<HTMLAudioElement>(null);
  const [peaks, setPeaks] = useState<Peaks | null>(null);
  const [failed, setFailed] = useState(false);
  const [speed, setSpeed] = useState(1);
  useEffect(() => {
    attach(audio.current);
    return () => attach(null);
  }, []);
  useEffect(() => {
    const stopped = new AbortController();
    const draw = async () => {
      const response = await fetch(href, { signal: stopped.signal });
      if (!response.ok) throw new Error(String(response.status));
      setPeaks(peaksOf(await response.arrayBuffer(), kColumns));
    };
    if (bytes <= kMostBytes) {
      draw().catch(() => {
        if (!stopped.signal.aborted) setFailed(true);
      });
    }
    return () => stopped.abort();
  }, [href]);
  useEffect(() => {
    // The element tells its time four times a second; a moving line wants more.
    let frame = 0;
    const step = () => {
      if (audio.current) positionMs.value = audio.current.currentTime * 1000;
      frame = requestAnimationFrame(step);
    };
    if (playing.value) step();
    return () => cancelAnimationFrame(frame);
  }, [playing.value]);
  const all = peaks?.durationMs ?? lengthMs;
  return (
    <section class="panel recording" aria-label={t.recording} data-testid="recording">
      <audio
        ref={audio}
        src={href}
        preload="metadata"
        onPlay={() => (playing.value = true)}
        onPause={() => (playing.value = false)}
        onEnded={() => (playing.value = false)}
        onTimeUpdate={(event) => (positionMs.value = event.currentTarget.currentTime * 1000)}
        onError={() => setFailed(true)}
      />
      {failed ? (
        <p class="note" role="alert">
          {t.recordingFailed}
        </p>
      ) : (
        <>
          <Waveform peaks={peaks} lengthMs={all} />
          <div class="recording-controls">
            <button type="button" class="primary" data-testid="play" onClick={toggle}>
              {playing.value ? t.pause : t.play}
            </button>
            <span class="recording-time" data-testid="position">
              {duration(positionMs.value)} / {duration(all)}
            </span>
            <label class="recording-speed">
              <span class="sr-only">{t.speed}</span>
              <select
                value={String(speed)}
                onChange={(event) => {
                  const next = Number(event.currentTarget.value);
                  setSpeed(next);
                  if (audio.current) audio.current.playbackRate = next;
                }}
              >
                {kSpeeds.map((one) => (
                  <option key={one} value={String(one)}>
                    {one}×
                  </option>
                ))}
              </select>
            </label>
            <span class="key-caller">{words.value.common.caller}</span>
            <span class="key-agent">{words.value.common.agent}</span>
          </div>
        </>
      )}
    </section>
  );
}

function Waveform({ peaks, lengthMs }: { peaks: Peaks | null; lengthMs: number }) {
  const t = words.value.call;
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = positionMs.value;
  const look = theme.value;
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const paint = () => draw(element, peaks, lengthMs > 0 ? positionMs.value / lengthMs : 0);
    const resized = new ResizeObserver(paint);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    resized.observe(element);
    dark.addEventListener('change', paint);
    paint();
    return () => {
      resized.disconnect();
      dark.removeEventListener('change', paint);
    };
  }, [peaks, look, now, lengthMs]);
  const at = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * lengthMs);
  };
  return (
    <div
      class="waveform"
      role="slider"
      tabIndex={0}
      aria-label={t.waveform}
      aria-valuemin={0}
      aria-valuemax={Math.round(lengthMs / 1000)}
      aria-valuenow={Math.round(now / 1000)}
      aria-valuetext={t.position(duration(now), duration(lengthMs))}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        at(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) at(event);
      }}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -5000, ArrowRight: 5000, PageUp: -30_000, PageDown: 30_000 }[event.key];
        if (step !== undefined) seek(positionMs.value + step);
        else if (event.key === 'Home') seek(0);
        else if (event.key === 'End') seek(lengthMs);
        else if (event.key === ' ' || event.key === 'Enter') toggle();
        else return;
        event.preventDefault();
      }}
    >
      <canvas ref={canvas} style={{ height: `${kHeightPx}px` }} />
    </div>
  );
}

function draw(canvas: HTMLCanvasElement, peaks: Peaks | null, played: number): void {
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(kHeightPx * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  // Properties that are colours come back resolved, for light and dark alike; variables do not.
  const { color: caller, caretColor: agent, outlineColor: rest, textDecorationColor: now } = getComputedStyle(canvas);
  const lanes = [caller, agent];
  const bars = Math.max(1, Math.floor(width / 3));
  lanes.forEach((fill, lane) => {
    const middle = lane * (kLanePx + 8) + kLanePx / 2;
    context.fillStyle = rest;
    context.fillRect(0, middle, width, 1);
    const heights = peaks?.channels[lane];
    if (!heights) return;
    context.fillStyle = fill;
    for (let bar = 0; bar < bars; bar++) {
      const first = Math.floor((bar / bars) * heights.length);
      const last = Math.max(first + 1, Math.floor(((bar + 1) / bars) * heights.length));
      let peak = 0;
      for (let i = first; i < last; i++) peak = Math.max(peak, heights[i]!);
      // The ear hears ratios: a square root shows a quiet voice beside a loud one.
      const height = Math.sqrt(peak) * (kLanePx - 4);
      if (height < 1) continue;
      context.globalAlpha = bar / bars <= played ? 1 : 0.45;
      context.fillRect(bar * 3, middle - height / 2, 2, height);
    }
    context.globalAlpha = 1;
  });
  context.fillStyle = now;
  context.fillRect(Math.min(width - 1, played * width), 0, 1.5, kHeightPx);
}
