import { hash } from 'node:crypto';

// A Bloom filter (Bloom 1970): ten bits a name and seven hashes answer wrongly "it may be there" for 8 in 1,000 names
// that are not, and never "it is not" for one that is.

const bitsOfName = 10;
const hashes = 7;

/** A larger one is not made, and none is taken. In bytes. */
export const maxFilter = 256 * 1024;
/** Characters of its text. */
export const maxFilterText = Math.ceil(maxFilter / 3) * 4 + 8;
/** How many keys fit. */
export const maxKeys = Math.floor((8 * maxFilter) / bitsOfName);

/**
 * Raised where other keys are made of the same file, or other bits of the same key: only filters of one version say the
 * same of the same bytes.
 */
const version = 1;

/** What functions a file has code of, by the keys of `function-names.ts`. */
export class FunctionFilter {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Of at most `maxKeys`. */
  static of(keys: ReadonlySet<string>): FunctionFilter {
    const size = Math.max(8, Math.ceil((keys.size * bitsOfName) / 8));
    const filter = new FunctionFilter(new Uint8Array(size));
    const { bytes } = filter;
    for (const key of keys)
      for (const bit of filter.#bits(key)) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
    return filter;
  }

  /** Reads what `text` gives. `undefined` for what is none, or of another version. */
  static read(text: string): FunctionFilter | undefined {
    const [, stated, base64] = /^(\d+):([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
    if (base64 === undefined || Number(stated) !== version) return undefined;
    const bytes = Buffer.from(base64, 'base64');
    const isOne = bytes.length >= 8 && bytes.length <= maxFilter && bytes.toString('base64') === base64;
    return isOne ? new FunctionFilter(bytes) : undefined;
  }

  /** A version, a colon, and base64. */
  get text(): string {
    return `${version}:${Buffer.from(this.bytes).toString('base64')}`;
  }

  /** Whether a key may be in it; false: it is not. */
  mayHave(key: string): boolean {
    return this.#bits(key).every((bit) => ((this.bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
  }

  #bits(key: string): readonly number[] {
    const digest = hash('sha256', key, 'buffer');
    const [first, step] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
    const size = 8 * this.bytes.length;
    const bits: number[] = [];
    for (let i = 0; i < hashes; i++) bits.push((first + i * step) % size);
    return bits;
  }
}
