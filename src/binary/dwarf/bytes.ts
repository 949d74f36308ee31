import { BinaryError } from '../error.ts';

/** A debug section in memory, read from one position on. Every read checks its bounds. Throws `BinaryError('binary/broken')`. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly little: boolean;
  at: number;

  constructor(bytes: Uint8Array, at: number, little: boolean) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.little = little;
    this.at = at;
  }

  u8(): number {
    const at = this.#take(1);
    return this.#view.getUint8(at);
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), this.little);
  }

  u24(): number {
    const [one, two, three] = [this.u8(), this.u8(), this.u8()];
    return this.little ? one + two * 0x100 + three * 0x10000 : one * 0x10000 + two * 0x100 + three;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), this.little);
  }

  /** Of numbers that JavaScript does not hold exactly the nearest: they are compared with a few, and lead nowhere. */
  u64(): number {
    const at = this.#take(8);
    const [low, high] = this.little ? [at, at + 4] : [at + 4, at];
    return this.#view.getUint32(high, this.little) * 2 ** 32 + this.#view.getUint32(low, this.little);
  }

  /** A number of eight bytes that is a name: 16 hex digits. */
  hex64(): string {
    return this.#view.getBigUint64(this.#take(8), this.little).toString(16).padStart(16, '0');
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  word(size: number): number {
    if (size === 8) return this.u64();
    if (size === 4) return this.u32();
    return size === 2 ? this.u16() : this.u8();
  }

  /** DWARF 5, 7.6: seven bits a byte, the lowest first. */
  uleb(): number {
    // Nearly all are of one byte.
    const first = this.bytes[this.at];
    if (first !== undefined && first < 0x80) {
      this.at++;
      return first;
    }
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw broken('has a number without an end');
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** Goes behind the next NUL. */
  skipText(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end === -1) throw broken('has a text without an end');
    this.at = end + 1;
  }

  #take(length: number): number {
    const at = this.at;
    if (!(length >= 0 && at >= 0 && at + length <= this.bytes.length)) throw broken('is cut off');
    this.at = at + length;
    return at;
  }
}

export function broken(what: string): BinaryError {
  return new BinaryError('binary/broken', `its debug information ${what}`);
}
