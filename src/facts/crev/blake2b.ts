/**
 * BLAKE2b with a digest of 1 to 64 bytes, no key (RFC 7693). Node's crypto has the 64-byte one only, and the length
 * goes into the hash, so that one cannot be cut to 32 bytes. A mistake in here makes digests differ, never agree.
 */
export function blake2b(input: Uint8Array, length: number): Uint8Array {
  const state = new Uint32Array(iv);
  state[0] = (state[0] ?? 0) ^ (0x01010000 | length);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const block = new Uint32Array(32);
  let at = 0;
  for (; input.length - at > 128; at += 128) {
    for (let i = 0; i < 32; i++) block[i] = view.getUint32(at + 4 * i, true);
    compress(state, block, at + 128, false);
  }
  const rest = new Uint8Array(128);
  rest.set(input.subarray(at));
  const restView = new DataView(rest.buffer);
  for (let i = 0; i < 32; i++) block[i] = restView.getUint32(4 * i, true);
  compress(state, block, input.length, true);
  const digest = new DataView(new ArrayBuffer(64));
  for (let i = 0; i < 16; i++) digest.setUint32(4 * i, state[i] ?? 0, true);
  return new Uint8Array(digest.buffer).slice(0, length);
}

/** The digest that crev uses. */
export function blake2b256(input: Uint8Array): Uint8Array {
  return blake2b(input, 32);
}

/** 64-bit words as pairs of 32-bit halves, low half first. */
const iv = [
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a, 0xade682d1,
  0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
] as const;

/** The order in which each round takes the words of the message; the last two rounds are the first two again. */
const sigma = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
] as const;

/** The four words that each step of a round mixes: the columns, then the diagonals. */
const lanes = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

function compress(state: Uint32Array, block: Uint32Array, count: number, last: boolean): void {
  const v = new Uint32Array(32);
  v.set(state);
  v.set(iv, 16);
  v[24] = (v[24] ?? 0) ^ (count >>> 0);
  v[25] = (v[25] ?? 0) ^ Math.floor(count / 2 ** 32);
  if (last) {
    v[28] = ~(v[28] ?? 0);
    v[29] = ~(v[29] ?? 0);
  }
  for (let round = 0; round < 12; round++) {
    const order = sigma[round % 10] ?? sigma[0];
    for (let step = 0; step < 8; step++) {
      mix(v, lanes[step] ?? lanes[0], block, order[2 * step] ?? 0, order[2 * step + 1] ?? 0);
    }
  }
  for (let i = 0; i < 16; i++) state[i] = (state[i] ?? 0) ^ (v[i] ?? 0) ^ (v[i + 16] ?? 0);
}

function mix(v: Uint32Array, lane: (typeof lanes)[number], block: Uint32Array, x: number, y: number): void {
  const [a, b, c, d] = [lane[0], lane[1], lane[2], lane[3]];
  add(v, a, v, b);
  add(v, a, block, x);
  xorRotate(v, d, a, 32);
  add(v, c, v, d);
  xorRotate(v, b, c, 24);
  add(v, a, v, b);
  add(v, a, block, y);
  xorRotate(v, d, a, 16);
  add(v, c, v, d);
  xorRotate(v, b, c, 63);
}

/** `v[to] += from[word]`, modulo 2^64. */
function add(v: Uint32Array, to: number, from: Uint32Array, word: number): void {
  const low = (v[2 * to] ?? 0) + (from[2 * word] ?? 0);
  v[2 * to] = low;
  v[2 * to + 1] = (v[2 * to + 1] ?? 0) + (from[2 * word + 1] ?? 0) + (low > 0xffffffff ? 1 : 0);
}

/** `v[to] ^= v[from]`, then rotated by some bits to the right. */
function xorRotate(v: Uint32Array, to: number, from: number, by: number): void {
  const low = (v[2 * to] ?? 0) ^ (v[2 * from] ?? 0);
  const high = (v[2 * to + 1] ?? 0) ^ (v[2 * from + 1] ?? 0);
  const first = by < 32 ? low : high;
  const second = by < 32 ? high : low;
  const bits = by % 32;
  v[2 * to] = bits === 0 ? first : (first >>> bits) | (second << (32 - bits));
  v[2 * to + 1] = bits === 0 ? second : (second >>> bits) | (first << (32 - bits));
}
