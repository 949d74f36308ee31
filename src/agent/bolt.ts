import type { ByteSource } from '../binary/bytes.ts';

/**
 * Reads a database of bbolt (version 2, as containerd keeps what it knows). It is read while others write to it: pages
 * that a state needs stay as they are until the second state after it. Source: bbolt's `page.go`, `bucket.go` and
 * `meta.go`; numbers are those of a little-endian machine.
 */

const headerSize = 16;
const elementSize = 16;
const flags = { branch: 1, leaf: 2, bucketOfLeaf: 1 } as const;
const magic = 0xed0cdaed;
const version = 2;
/**
 * Elements that are looked at, pages one below the other, and pages that one goes on over: more than any host's
 * containers have.
 */
const most = { elements: 5_000_000, depth: 40, overflow: 4096 };

/** The newest whole state of a database. */
export interface BoltState {
  /** One more with each state. */
  readonly number: bigint;
  readonly root: BoltBucket;
}

/** Thrown for bytes that are no such database, or one that is written at this moment. */
export class BrokenBolt extends Error {
  override readonly name = 'BrokenBolt';
}

/** Throws `BrokenBolt`. */
export function readBolt(source: ByteSource): BoltState {
  const [newest] = metasIn(source).toSorted((a, b) => Number(b.number - a.number));
  if (newest === undefined) throw new BrokenBolt('it has no whole state');
  const file = { source, pageSize: newest.pageSize, left: most.elements };
  return { number: newest.number, root: new BoltBucket(file, { page: newest.root }) };
}

interface Meta {
  readonly pageSize: number;
  readonly root: number;
  readonly number: bigint;
}

/**
 * Of the two that there are those that are whole. The second begins with the second page; where the first is not whole,
 * its size is tried.
 */
function metasIn(source: ByteSource): readonly Meta[] {
  const first = metaAt(source, 0);
  const sizes = first === undefined ? [4096, 8192, 16_384, 65_536] : [first.pageSize];
  return [first, ...sizes.map((size) => metaAt(source, size))].filter((meta) => meta !== undefined);
}

function metaAt(source: ByteSource, page: number): Meta | undefined {
  if (page + headerSize + 64 > source.size) return undefined;
  const bytes = bytesOf(source, page + headerSize, 64);
  if (bytes.readUInt32LE(0) !== magic || bytes.readUInt32LE(4) !== version) return undefined;
  if (bytes.readBigUInt64LE(56) !== fnv(bytes.subarray(0, 56))) return undefined;
  return {
    pageSize: bytes.readUInt32LE(8),
    root: Number(bytes.readBigUInt64LE(16)),
    number: bytes.readBigUInt64LE(48),
  };
}

/** FNV-1a of 64 bits. */
function fnv(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

interface File {
  readonly source: ByteSource;
  readonly pageSize: number;
  /** Elements that may still be looked at. */
  left: number;
}

/** Where a bucket's first page is: one of the file's, or within the bucket's own value. */
type Start = { readonly page: number } | { readonly inline: Buffer };

/** Names with values or buckets. */
export class BoltBucket {
  readonly #file: File;
  readonly #start: Start;

  constructor(file: File, start: Start) {
    this.#file = file;
    this.#start = start;
  }

  /** The bucket below some names; `undefined` where there is none. Throws `BrokenBolt`. */
  bucket(...names: readonly string[]): BoltBucket | undefined {
    let found: BoltBucket | undefined = this;
    for (const name of names) {
      const value: Buffer | BoltBucket | undefined = found?.get(name);
      found = value instanceof BoltBucket ? value : undefined;
    }
    return found;
  }

  /** Throws `BrokenBolt`. */
  text(name: string): string | undefined {
    const value = this.get(name);
    return value instanceof Buffer ? value.toString('utf8') : undefined;
  }

  /** Throws `BrokenBolt`. */
  get(name: string): Buffer | BoltBucket | undefined {
    for (const [key, value] of this.entries()) if (key === name) return value;
    return undefined;
  }

  /** In the order of their names. Throws `BrokenBolt`. */
  *entries(): Generator<readonly [name: string, value: Buffer | BoltBucket]> {
    yield* this.#entriesOf('page' in this.#start ? this.#page(this.#start.page) : this.#start.inline, 0);
  }

  *#entriesOf(page: Buffer, depth: number): Generator<readonly [string, Buffer | BoltBucket]> {
    if (depth > most.depth || page.length < headerSize) throw new BrokenBolt('its pages lead nowhere');
    const kind = page.readUInt16LE(8);
    const count = page.readUInt16LE(10);
    for (let i = 0; i < count; i++) {
      if (this.#file.left-- <= 0) throw new BrokenBolt('it has too much in it');
      const at = headerSize + i * elementSize;
      const element = partOf(page, at, elementSize);
      if (kind === flags.branch)
        yield* this.#entriesOf(this.#page(Number(element.readBigUInt64LE(8))), depth + 1);
      else if (kind === flags.leaf) {
        const key = at + element.readUInt32LE(4);
        const size = element.readUInt32LE(8);
        const value = partOf(page, key + size, element.readUInt32LE(12));
        yield [
          partOf(page, key, size).toString('utf8'),
          (element.readUInt32LE(0) & flags.bucketOfLeaf) === 0 ? value : this.#within(value),
        ];
      } else throw new BrokenBolt('one of its pages is of no kind that has names');
    }
  }

  /** A bucket by its value: its first page's number, or 0 and the page itself. */
  #within(value: Buffer): BoltBucket {
    const page = Number(partOf(value, 0, 16).readBigUInt64LE(0));
    return new BoltBucket(this.#file, page === 0 ? { inline: value.subarray(16) } : { page });
  }

  #page(number: number): Buffer {
    const { source, pageSize } = this.#file;
    const at = number * pageSize;
    const more = bytesOf(source, at, headerSize).readUInt32LE(12);
    if (more >= most.overflow) throw new BrokenBolt('one of its pages is too large');
    return bytesOf(source, at, (more + 1) * pageSize);
  }
}

function bytesOf(source: ByteSource, at: number, length: number): Buffer {
  if (at + length > source.size) throw new BrokenBolt('it ends too early');
  const { buffer, byteOffset, byteLength } = source.read(at, length);
  if (byteLength < length) throw new BrokenBolt('it was cut off');
  return Buffer.from(buffer, byteOffset, length);
}

function partOf(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw new BrokenBolt('it ends too early');
  return bytes.subarray(at, at + length);
}
