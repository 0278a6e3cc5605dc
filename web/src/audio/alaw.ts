// G.711 A-law: the telephone lines of Europe and Mexico.

const kDecoded = Int16Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = (bits & 0x0f) << 4;
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
});

export function decodeAlaw(codes: Uint8Array): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) pcm[i] = kDecoded[codes[i]!]!;
  return pcm;
}
