import { BinaryError } from './error.ts';

/** The bytes of a file, which may be larger than memory: whoever reads asks for the pieces that it needs. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** Exactly these bytes; both ends lie in the file. */
  readonly read: (offset: number, length: number) => Uint8Array;
}

/** Bytes in memory as a source. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** No table or name of an honest executable is larger; what is, is not read at once. In bytes. */
const maxPiece = 64 * 1024 * 1024;

/**
 * A part of a file. Throws `BinaryError('binary/broken')` where it is not wholly in the file, `binary/limit` where it is
 * larger than any table.
 */
export function pieceOf(source: ByteSource, offset: number, length: number, what: string): Piece {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0)
    throw new BinaryError('binary/broken', `its ${what} lies nowhere`);
  if (offset + length > source.size)
    throw new BinaryError('binary/broken', `its ${what} ends behind the end of the file`);
  if (length > maxPiece) throw new BinaryError('binary/limit', `its ${what} is too large: ${length} bytes`);
  return new Piece(source.read(offset, length), what);
}

/** A part of a file in memory, whose numbers are read with their bounds checked. */
export class Piece {
  readonly bytes: Uint8Array;
  readonly what: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.#within(at, 1).getUint8(at);
  }

  u16(at: number, little: boolean): number {
    return this.#within(at, 2).getUint16(at, little);
  }

  u32(at: number, little: boolean): number {
    return this.#within(at, 4).getUint32(at, little);
  }

  /** A number of 64 bits. One that is no safe integer leads out of every file. */
  u64(at: number, little: boolean): number {
    const value = this.#within(at, 8).getBigUint64(at, little);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }

  slice(at: number, length: number): Uint8Array {
    this.#within(at, length);
    return this.bytes.subarray(at, at + length);
  }

  /** The text up to the next NUL; broken where there is none. At most 4,096 bytes. */
  text(at: number): string {
    this.#within(at, 1);
    const end = this.bytes.indexOf(0, at);
    if (end === -1) throw new BinaryError('binary/broken', `a name in its ${this.what} has no end`);
    if (end - at > 4096) throw new BinaryError('binary/limit', `a name in its ${this.what} is too long`);
    return decoder.decode(this.bytes.subarray(at, end));
  }

  /** The text of a field of fixed width, which NULs fill up. */
  field(at: number, width: number): string {
    return decoder.decode(this.slice(at, width)).replace(/\0.*$/s, '');
  }

  #within(at: number, length: number): DataView {
    if (!(at >= 0 && length >= 0 && at + length <= this.size))
      throw new BinaryError('binary/broken', `its ${this.what} is cut off`);
    return this.#view;
  }
}

const decoder = new TextDecoder();

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
