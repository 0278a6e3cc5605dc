// What a recording looks like: the loudest sample of each column, by channel. Reads WAV with 16-bit PCM
// where it lies, so that an hour of a call costs no more memory than its file. Pure.

export interface Peaks {
  channels: Float32Array[]; // 0..1, one a column
  durationMs: number;
}

/** null: not a WAV file of 16-bit PCM. */
export function peaksOf(file: ArrayBuffer, columns: number): Peaks | null {
  const view = new DataView(file);
  const tag = (at: number) => String.fromCharCode(...new Uint8Array(file, at, 4));
  if (file.byteLength < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') return null;
  let format: { channels: number; rate: number } | null = null;
  for (let at = 12; at + 8 <= file.byteLength; ) {
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (tag(at) === 'fmt ' && body + 16 <= file.byteLength) {
      const code = view.getUint16(body, true);
      if ((code !== 1 && code !== 0xfffe) || view.getUint16(body + 14, true) !== 16) return null;
      format = { channels: view.getUint16(body + 2, true), rate: view.getUint32(body + 4, true) };
    }
    if (tag(at) === 'data') {
      if (!format || format.channels === 0 || format.rate === 0) return null;
      // A recorder that was cut off leaves a size that is too large.
      const bytes = Math.min(size, file.byteLength - body);
      return peaks(view, body, Math.floor(bytes / 2 / format.channels), format.channels, format.rate, columns);
    }
    at = body + size + (size % 2);
  }
  return null;
}

function peaks(view: DataView, start: number, frames: number, channels: number, rate: number, columns: number): Peaks {
  const found = Array.from({ length: channels }, () => new Float32Array(columns));
  // Of long files some samples are passed over: what is drawn is an outline.
  const step = Math.max(1, Math.floor(frames / columns / 400));
  for (let frame = 0; frame < frames; frame += step) {
    const column = Math.min(columns - 1, Math.floor((frame / frames) * columns));
    for (let channel = 0; channel < channels; channel++) {
      const value = Math.abs(view.getInt16(start + (frame * channels + channel) * 2, true)) / 32768;
      if (value > found[channel]![column]!) found[channel]![column] = value;
    }
  }
  return { channels: found, durationMs: (frames / rate) * 1000 };
}
