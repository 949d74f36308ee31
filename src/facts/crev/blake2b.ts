/**
 * BLAKE2b with a digest of 1 to 64 bytes, no key (RFC 7693). Node's crypto has the 64-byte one only, and the length
 * goes into the hash, so that one cannot be cut to 32 bytes. A mistake in here makes digests differ, never agree.
 */
export function blake2b(input: Uint8Array, length: number): Uint8Array {
  const state = new Int32Array(iv);
  state[0] = at(state, 0) ^ (0x01010000 | length);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const block = new Int32Array(32);
  let done = 0;
  for (; input.length - done > 128; done += 128) {
    for (let i = 0; i < 32; i++) block[i] = view.getInt32(done + 4 * i, true);
    compress(state, block, done + 128, false);
  }
  const rest = new Uint8Array(128);
  rest.set(input.subarray(done));
  const restView = new DataView(rest.buffer);
  for (let i = 0; i < 32; i++) block[i] = restView.getInt32(4 * i, true);
  compress(state, block, input.length, true);
  const digest = new DataView(new ArrayBuffer(64));
  for (let i = 0; i < 16; i++) digest.setInt32(4 * i, at(state, i), true);
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
const sigma = Int32Array.from(
  [
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
  ].flat(),
);

/** The words on which everything is mixed: one call uses them at a time, and nothing of it is kept. */
const v = new Int32Array(32);

function compress(state: Int32Array, block: Int32Array, count: number, last: boolean): void {
  v.set(state);
  v.set(iv, 16);
  v[24] = at(v, 24) ^ count;
  v[25] = at(v, 25) ^ Math.floor(count / 2 ** 32);
  if (last) {
    v[28] = ~at(v, 28);
    v[29] = ~at(v, 29);
  }
  for (let round = 0; round < 12; round++) {
    const order = 16 * (round % 10);
    // The columns, then the diagonals; a word is at twice its number, since it has two halves.
    mix(0, 8, 16, 24, block, order);
    mix(2, 10, 18, 26, block, order + 2);
    mix(4, 12, 20, 28, block, order + 4);
    mix(6, 14, 22, 30, block, order + 6);
    mix(0, 10, 20, 30, block, order + 8);
    mix(2, 12, 22, 24, block, order + 10);
    mix(4, 14, 16, 26, block, order + 12);
    mix(6, 8, 18, 28, block, order + 14);
  }
  for (let i = 0; i < 16; i++) state[i] = at(state, i) ^ at(v, i) ^ at(v, i + 16);
}

/**
 * Mixes four words with the two of the message that stand at `order`. Written out in halves: this is where an archive's
 * digest spends its time.
 */
function mix(a: number, b: number, c: number, d: number, block: Int32Array, order: number): void {
  const x = 2 * at(sigma, order);
  const y = 2 * at(sigma, order + 1);
  const bl = at(v, b);
  const bh = at(v, b + 1);
  const dl = at(v, d);
  const dh = at(v, d + 1);

  const a1 = (at(v, a) >>> 0) + (bl >>> 0) + (at(block, x) >>> 0);
  const a1h = (at(v, a + 1) + bh + at(block, x + 1) + carry(a1)) | 0;
  // Rotated by 32: the halves change places.
  const d1l = dh ^ a1h;
  const d1h = dl ^ (a1 | 0);
  const c1 = (at(v, c) >>> 0) + (d1l >>> 0);
  const c1h = (at(v, c + 1) + d1h + carry(c1)) | 0;
  const e1l = bl ^ (c1 | 0);
  const e1h = bh ^ c1h;
  const b1l = (e1l >>> 24) | (e1h << 8);
  const b1h = (e1h >>> 24) | (e1l << 8);

  const a2 = ((a1 | 0) >>> 0) + (b1l >>> 0) + (at(block, y) >>> 0);
  const a2h = (a1h + b1h + at(block, y + 1) + carry(a2)) | 0;
  const f2l = d1l ^ (a2 | 0);
  const f2h = d1h ^ a2h;
  const d2l = (f2l >>> 16) | (f2h << 16);
  const d2h = (f2h >>> 16) | (f2l << 16);
  const c2 = ((c1 | 0) >>> 0) + (d2l >>> 0);
  const c2h = (c1h + d2h + carry(c2)) | 0;
  const e2l = b1l ^ (c2 | 0);
  const e2h = b1h ^ c2h;

  v[a] = a2;
  v[a + 1] = a2h;
  v[b] = (e2l << 1) | (e2h >>> 31);
  v[b + 1] = (e2h << 1) | (e2l >>> 31);
  v[c] = c2;
  v[c + 1] = c2h;
  v[d] = d2l;
  v[d + 1] = d2h;
}

/** What a sum of low halves carries over: 0, 1 or 2. */
function carry(sum: number): number {
  return (sum / 0x100000000) | 0;
}

function at(words: Int32Array, index: number): number {
  return words[index] as number;
}
