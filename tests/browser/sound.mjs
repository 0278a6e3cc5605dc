// Sounds for the development server and the tests: something speech-like, and WAV files.

export const kRate = 16000;

/** `ms` of a voice-like hum (harmonics of 140 Hz, four syllables a second) as S16LE. */
export function hum(ms, rate = kRate, pitch = 140) {
  const count = Math.round((ms / 1000) * rate);
  const pcm = Buffer.alloc(count * 2);
  for (let i = 0; i < count; i++) {
    const t = i / rate;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * t)) ** 0.5;
    const edge = Math.min(1, i / 400, (count - i) / 400);
    let value = 0;
    for (let k = 1; k <= 8; k++) value += Math.sin(2 * Math.PI * pitch * k * t * (1 + 0.01 * Math.sin(9 * t))) / k;
    pcm.writeInt16LE(Math.round(value * syllable * edge * 5500), 2 * i);
  }
  return pcm;
}

export function silence(ms, rate = kRate) {
  return Buffer.alloc(Math.round((ms / 1000) * rate) * 2);
}

/** A mono 16-bit WAV file. */
export function wav(pcm, rate = kRate) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([head, pcm]);
}

/** Root mean square of S16LE samples, 0..1. */
export function rms(pcm) {
  let sum = 0;
  for (let i = 0; i + 1 < pcm.length; i += 2) sum += pcm.readInt16LE(i) ** 2;
  return pcm.length < 2 ? 0 : Math.sqrt(sum / (pcm.length >> 1)) / 32768;
}
