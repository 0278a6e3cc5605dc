// G.711 mu-law: what a telephone's line carries, 8 bits a sample.

const kBias = 0x84;
const kClip = 32635;

export function encodeMulaw(pcm: Int16Array): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) {
    const sample = pcm[i]!;
    const sign = sample < 0 ? 0x80 : 0;
    const magnitude = Math.min(Math.abs(sample), kClip) + kBias;
    const exponent = 31 - Math.clz32(magnitude) - 7; // the highest bit, counted from bit 7
    codes[i] = ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
  }
  return codes;
}

const kDecoded = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + kBias) << ((bits >> 4) & 7)) - kBias;
  return bits & 0x80 ? -magnitude : magnitude;
});

export function decodeMulaw(codes: Uint8Array): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) pcm[i] = kDecoded[codes[i]!]!;
  return pcm;
}
