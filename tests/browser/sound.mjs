// Sounds for the tests: something speech-like, and WAV files.

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

/** A 16-bit WAV file, mono, or stereo where there is a right channel too. */
export function wav(left, right = null, rate = kRate) {
  const channels = right === null ? [left] : [left, right];
  const frames = Math.max(...channels.map((one) => one.length)) / 2;
  const file = Buffer.alloc(44 + frames * 2 * channels.length);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels.length, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2 * channels.length, 28);
  file.writeUInt16LE(2 * channels.length, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(file.length - 44, 40);
  for (let frame = 0; frame < frames; frame++)
    channels.forEach((one, channel) => {
      const sample = 2 * frame < one.length ? one.readInt16LE(2 * frame) : 0;
      file.writeInt16LE(sample, 44 + 2 * (frame * channels.length + channel));
    });
  return file;
}
