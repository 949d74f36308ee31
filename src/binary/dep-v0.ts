import { constants, deflateSync, inflateSync } from 'node:zlib';
import { type ByteSource, pieceOf } from './bytes.ts';
import { BinaryError } from './error.ts';
import type { Image } from './image.ts';

/** A crate as the list in a binary has it (cargo-auditable's format, auditable-serde 0.9). */
export interface EmbeddedCrate {
  readonly name: string;
  readonly version: string;
  /** `crates.io`, `registry`, `git`, `local`, or a word of whoever wrote it. */
  readonly source: string;
  /** `build`: it only ran while the binary was made. */
  readonly kind: 'runtime' | 'build';
  /** Indexes into the list. */
  readonly dependencies: readonly number[];
  readonly root: boolean;
}

export const depV0Section = '.dep-v0';

/** What a list may unpack to, in bytes: a thousand times that of a program with a hundred crates. */
const maxUnpacked = 16 * 1024 * 1024;

/**
 * The list of crates in an image; `undefined` where it has none. Any crate that is linked can put a list of its own
 * there, which a linker sets before or behind the right one, in its section or beside it: all that are there count.
 * Throws `BinaryError`.
 */
export function embeddedCrates(
  source: ByteSource,
  { sections }: Image,
): readonly EmbeddedCrate[] | undefined {
  // Mach-O's sections are in segments: `__DATA,.dep-v0`.
  const own = sections.filter(({ name }) => name === depV0Section || name.endsWith(`,${depV0Section}`));
  if (own.length === 0) return undefined;
  if (own.length > maxLists) throw tooMany();
  return joinedCrates(
    own.map((section) => parseDepV0(pieceOf(source, section.offset, section.size, depV0Section).bytes)),
  );
}

/** All that several lists name; the same list twice is one. */
export function joinedCrates(lists: readonly (readonly EmbeddedCrate[])[]): readonly EmbeddedCrate[] {
  let before = 0;
  const different = new Map(lists.map((list) => [JSON.stringify(list), list]));
  return [...different.values()].flatMap((list) => {
    const from = before;
    before += list.length;
    if (from === 0) return list;
    return list.map((one) => ({ ...one, dependencies: one.dependencies.map((index) => from + index) }));
  });
}

/**
 * Reads the section's contents: JSON under zlib, or several of them one behind the other. PE fills sections up, so what
 * follows and is none is passed over.
 */
export function parseDepV0(bytes: Uint8Array): readonly EmbeddedCrate[] {
  const lists: (readonly EmbeddedCrate[])[] = [];
  for (let at = 0; lists.length === 0 || isStream(bytes, at); at = endOfFilling(bytes, at)) {
    if (lists.length === maxLists) throw tooMany();
    const { text, size } = unpacked(bytes.subarray(at));
    lists.push(listIn(text));
    at += size;
  }
  return joinedCrates(lists);
}

/** Lists in one program. */
const maxLists = 16;

function tooMany(): BinaryError {
  return new BinaryError('binary/limit', `it has more than ${maxLists} lists of crates`);
}

/** Whether a zlib stream begins there (RFC 1950, 2.2: deflate, and a check of both bytes). */
function isStream(bytes: Uint8Array, at: number): boolean {
  const [first, second] = [bytes[at], bytes[at + 1]];
  return (
    first !== undefined && second !== undefined && (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0
  );
}

function endOfFilling(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0) at++;
  return at;
}

function unpacked(bytes: Uint8Array): { readonly text: string; readonly size: number } {
  try {
    const options = { maxOutputLength: maxUnpacked, finishFlush: constants.Z_FINISH, info: true } as const;
    const { buffer, engine } = inflateSync(bytes, options) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return { text: buffer.toString('utf8'), size: engine.bytesWritten };
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new BinaryError(
        'binary/limit',
        `its list of crates unpacks to more than ${maxUnpacked} bytes`,
        cause,
      );
    throw new BinaryError('binary/broken', 'its list of crates cannot be unpacked', cause);
  }
}

function listIn(text: string): readonly EmbeddedCrate[] {
  let packages: unknown;
  try {
    packages = (JSON.parse(text) as { packages?: unknown } | null)?.packages;
  } catch (cause) {
    throw new BinaryError('binary/broken', 'its list of crates is no JSON', cause);
  }
  if (!Array.isArray(packages))
    throw new BinaryError('binary/broken', 'its list of crates has no `packages`');
  return packages.map((each: unknown, i) => crateOf(each, i, packages.length));
}

/** The section's contents for a list, as cargo-auditable writes it (format 1). */
export function depV0Bytes(crates: readonly EmbeddedCrate[]): Uint8Array {
  const packages = crates.map(({ name, version, source, kind, dependencies, root }) => ({
    name,
    version,
    source,
    ...(kind === 'build' ? { kind } : {}),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(root ? { root } : {}),
  }));
  return deflateSync(JSON.stringify({ packages, format: 1 }), { level: 9 });
}

function crateOf(value: unknown, index: number, count: number): EmbeddedCrate {
  const crate = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { name, version, source, kind, dependencies = [], root } = crate;
  const edges = Array.isArray(dependencies) ? dependencies : [undefined];
  const isIndex = (edge: unknown) =>
    Number.isInteger(edge) && (edge as number) >= 0 && (edge as number) < count;
  if (typeof name !== 'string' || typeof version !== 'string' || typeof source !== 'string')
    throw new BinaryError('binary/broken', `entry ${index} of its list of crates is no crate`);
  if (!edges.every(isIndex))
    throw new BinaryError(
      'binary/broken',
      `entry ${index} of its list of crates needs one that is not there`,
    );
  return {
    name,
    version,
    source,
    kind: kind === 'build' ? 'build' : 'runtime',
    dependencies: edges as readonly number[],
    root: root === true,
  };
}
