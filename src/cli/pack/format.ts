import { crc32 } from 'node:zlib';

/** How a module of a pack is run. */
export type PackedKind = 'module' | 'commonjs' | 'json';

/** A module of a pack. */
export interface PackedModule {
  readonly kind: PackedKind;
  /** Where its text is behind the header, in bytes: latin1, else UTF-16. */
  readonly at: number;
  readonly size: number;
  readonly wide: boolean;
  readonly imports: readonly PackedTarget[];
  /** By the name that it writes: what it imports later, or requires. */
  readonly named: Readonly<Record<string, PackedTarget>>;
  /** Its file when it was packed: milliseconds of its last write and change, bytes. */
  readonly stamp: Stamp;
  /** What V8 made of it in an earlier run: where that is, in bytes. */
  readonly compiled?: readonly [at: number, size: number];
}

/**
 * What an import leads to: a file, by its place in `paths`; a name that Node itself resolves from there (its own
 * modules and the packages that are not packed). `esm` is whether it was written as an ECMAScript module, which says
 * what its default export is.
 */
export type PackedTarget =
  | { readonly to: number; readonly esm: boolean }
  | { readonly name: string; readonly esm: boolean };

export type Stamp = readonly [mtime: number, ctime: number, size: number];

export interface PackHeader {
  /** Why there is none: then the sources are run until they change. */
  readonly refused?: string;
  readonly paths: readonly string[];
  /** By their place in `paths`; `null`: not in this one. */
  readonly modules: readonly (PackedModule | null)[];
  /** Names of the commands. What each of them used is kept apart, so that it is read at once. */
  readonly commands: readonly string[];
}

/** A pack that was read: all modules of a program, or those that a command has used. */
export interface Pack {
  readonly header: PackHeader;
  readonly bytes: Buffer;
}

const magic = 'safeguard pack 1\n';
const fixed = magic.length + 12;

/** A pack as a file: its lengths and checksum, the header in JSON, bytes. */
export function framed(header: PackHeader, parts: readonly Uint8Array[]): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const body = Buffer.concat([json, ...parts]);
  const start = Buffer.alloc(fixed, magic, 'latin1');
  start.writeUInt32LE(json.length, magic.length);
  start.writeUInt32LE(body.length, magic.length + 4);
  start.writeUInt32LE(crc32(body), magic.length + 8);
  return Buffer.concat([start, body]);
}

/** `undefined` for what is cut off, damaged or something else. */
export function unframed(file: Buffer): Pack | undefined {
  if (file.length < fixed || file.toString('latin1', 0, magic.length) !== magic) return undefined;
  const length = file.readUInt32LE(magic.length);
  const body = file.subarray(fixed);
  if (body.length !== file.readUInt32LE(magic.length + 4)) return undefined;
  if (crc32(body) !== file.readUInt32LE(magic.length + 8)) return undefined;
  return { header: JSON.parse(body.toString('utf8', 0, length)) as PackHeader, bytes: body.subarray(length) };
}
