/** Small executables of every format, written byte by byte: nothing in them runs. */
import { deflateSync } from 'node:zlib';

/** A section's name and its bytes. */
export type Part = readonly [name: string, bytes: Uint8Array];

/** A list of crates as cargo-auditable packs it. */
export function depV0(packages: readonly object[]): Uint8Array {
  return deflateSync(JSON.stringify({ packages, format: 1 }));
}

/** ELF of 32 or 64 bits, either end first, with sections alone. */
export function elfFile(parts: readonly Part[], { wide = true, little = true } = {}): Buffer {
  const out = new Writer(little);
  const [headSize, entrySize] = wide ? [64, 64] : [52, 40];
  const names = ['', ...parts.map(([name]) => name), '.shstrtab'];
  const strings = Buffer.from(`${names.join('\0')}\0`);
  const bodies = [Buffer.alloc(0), ...parts.map(([, bytes]) => Buffer.from(bytes)), strings];
  const starts = bodies.map(
    (_, i) => headSize + bodies.slice(0, i).reduce((sum, { length }) => sum + length, 0),
  );
  const table = (starts.at(-1) ?? 0) + strings.length;
  out.bytes([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  out
    .u16(3)
    .u16(wide ? 62 : 3)
    .u32(1);
  for (const value of [0, 0, table]) out.word(value, wide);
  out
    .u32(0)
    .u16(headSize)
    .u16(wide ? 56 : 32)
    .u16(0)
    .u16(entrySize)
    .u16(names.length)
    .u16(names.length - 1);
  for (const body of bodies) out.bytes(body);
  for (const [i, body] of bodies.entries()) {
    const note = names[i]?.startsWith('.note') === true;
    out.u32(names.slice(0, i).join('\0').length + (i === 0 ? 0 : 1)).u32(i === 0 ? 0 : note ? 7 : 1);
    for (const value of [0, 0, starts[i] ?? 0, body.length]) out.word(value, wide);
    out
      .u32(0)
      .u32(0)
      .word(note ? 4 : 1, wide)
      .word(0, wide);
  }
  return out.done();
}

/** A note of ELF: owner, type, contents. */
export function elfNote(owner: string, type: number, contents: Uint8Array, little = true): Buffer {
  const out = new Writer(little);
  out
    .u32(owner.length + 1)
    .u32(contents.length)
    .u32(type);
  out
    .bytes(Buffer.from(`${owner}\0`))
    .pad(4)
    .bytes(contents)
    .pad(4);
  return out.done();
}

/** PE of 64 bits, with a table of imports in its first section. */
export function peFile(parts: readonly Part[], imports: readonly string[] = []): Buffer {
  const table = 0x1000;
  const names = imports.map((name) => Buffer.from(`${name}\0`));
  const entries = new Writer(true);
  let at = table + (imports.length + 1) * 20;
  for (const name of names) {
    entries.u32(0).u32(0).u32(0).u32(at).u32(0);
    at += name.length;
  }
  entries.bytes(Buffer.alloc(20));
  for (const name of names) entries.bytes(name);
  const all: readonly Part[] = [['.idata', entries.done()], ...parts];
  const out = new Writer(true);
  out.bytes(Buffer.from('MZ')).bytes(Buffer.alloc(58)).u32(64).bytes(Buffer.from('PE\0\0'));
  out
    .u16(0x8664)
    .u16(all.length)
    .u32(0)
    .u32(0)
    .u32(0)
    .u16(112 + 16 * 8)
    .u16(0x22);
  out.u16(0x20b).bytes(Buffer.alloc(106)).u32(16).u32(0).u32(0);
  out
    .u32(imports.length === 0 ? 0 : table)
    .u32(20)
    .bytes(Buffer.alloc(14 * 8));
  let offset = out.length + all.length * 40;
  let address = table;
  for (const [name, bytes] of all) {
    out
      .bytes(Buffer.from(name.padEnd(8, '\0')))
      .u32(bytes.length)
      .u32(address)
      .u32(bytes.length)
      .u32(offset);
    out.bytes(Buffer.alloc(16));
    offset += bytes.length;
    address += Math.ceil(bytes.length / 0x1000) * 0x1000;
  }
  for (const [, bytes] of all) out.bytes(bytes);
  return out.done();
}

/** Mach-O of 64 bits, with one segment, libraries and a UUID. */
export function machoFile(
  parts: readonly Part[],
  libraries: readonly string[] = [],
  uuid = Buffer.alloc(16, 7),
): Buffer {
  const commands = libraries.map((name) => {
    const text = Buffer.from(`${name}\0`);
    const size = Math.ceil((24 + text.length) / 8) * 8;
    return new Writer(true).u32(0xc).u32(size).u32(24).bytes(Buffer.alloc(12)).bytes(text).pad(8).done();
  });
  commands.push(new Writer(true).u32(0x1b).u32(24).bytes(uuid).done());
  const segmentSize = 72 + parts.length * 80;
  const size = commands.reduce((sum, { length }) => sum + length, segmentSize);
  const segment = new Writer(true)
    .u32(0x19)
    .u32(segmentSize)
    .bytes(Buffer.from('__DATA'.padEnd(16, '\0')));
  segment.bytes(Buffer.alloc(40)).u32(parts.length).u32(0);
  let offset = 32 + size;
  for (const [name, bytes] of parts) {
    segment.bytes(Buffer.from(name.padEnd(16, '\0'))).bytes(Buffer.from('__DATA'.padEnd(16, '\0')));
    segment.word(0, true).word(bytes.length, true).u32(offset).bytes(Buffer.alloc(28));
    offset += bytes.length;
  }
  const out = new Writer(true).u32(0xfeedfacf).u32(0x0100000c).u32(0).u32(2);
  out
    .u32(commands.length + 1)
    .u32(size)
    .u32(0)
    .u32(0)
    .bytes(segment.done());
  for (const each of commands) out.bytes(each);
  for (const [, bytes] of parts) out.bytes(bytes);
  return out.done();
}

/** One file for several machines. */
export function fatFile(images: readonly Buffer[]): Buffer {
  const out = new Writer(false).u32(0xcafebabe).u32(images.length);
  let offset = 8 + images.length * 20;
  for (const image of images) {
    out.u32(0x0100000c).u32(0).u32(offset).u32(image.length).u32(0);
    offset += image.length;
  }
  for (const image of images) out.bytes(image);
  return out.done();
}

/** A WebAssembly module of custom sections. */
export function wasmFile(parts: readonly Part[]): Buffer {
  const out = new Writer(true).bytes([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  for (const [name, bytes] of parts) {
    const text = Buffer.from(name);
    const body = Buffer.concat([Buffer.from(leb(text.length)), text, bytes]);
    out.bytes([0, ...leb(body.length)]).bytes(body);
  }
  return out.done();
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}

class Writer {
  readonly #little: boolean;
  readonly #pieces: Buffer[] = [];
  length = 0;

  constructor(little: boolean) {
    this.#little = little;
  }

  bytes(bytes: Iterable<number>): this {
    const piece = Buffer.from([...bytes]);
    this.#pieces.push(piece);
    this.length += piece.length;
    return this;
  }

  u16(value: number): this {
    const piece = Buffer.alloc(2);
    this.#little ? piece.writeUInt16LE(value) : piece.writeUInt16BE(value);
    return this.bytes(piece);
  }

  u32(value: number): this {
    const piece = Buffer.alloc(4);
    this.#little ? piece.writeUInt32LE(value) : piece.writeUInt32BE(value);
    return this.bytes(piece);
  }

  /** 64 bits where `wide`, else 32. */
  word(value: number, wide: boolean): this {
    if (!wide) return this.u32(value);
    return this.#little ? this.u32(value).u32(0) : this.u32(0).u32(value);
  }

  pad(unit: number): this {
    while (this.length % unit !== 0) this.bytes([0]);
    return this;
  }

  done(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
