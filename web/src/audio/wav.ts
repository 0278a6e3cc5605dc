// A WAV file of 16-bit samples, one array a channel. The shorter ones end in silence.

export function wavFile(channels: readonly Int16Array[], rate: number): Uint8Array<ArrayBuffer> {
  const length = Math.max(0, ...channels.map((channel) => channel.length));
  const frame = 2 * channels.length;
  const bytes = new Uint8Array(44 + length * frame);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, channels.length, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * frame, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, length * frame, true);
  channels.forEach((channel, index) => {
    for (let i = 0; i < channel.length; i++) view.setInt16(44 + i * frame + index * 2, channel[i]!, true);
  });
  return bytes;
}
