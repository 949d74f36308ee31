import type { ByteSource } from './bytes.ts';
import { functionsIn, type RustUnit } from './dwarf/functions.ts';
import { debugSections } from './dwarf/sections.ts';
import type { SplitUnits } from './dwarf/split.ts';
import { BinaryError } from './error.ts';
import { FunctionFilter, maxFilter, maxKeys } from './function-filter.ts';
import { keysOf } from './function-names.ts';
import type { Image } from './image.ts';
import { objectNames } from './object-names.ts';
import { ofStandardLibrary } from './standard-library.ts';

/** A crate that a program is known to be linked of. */
export interface LinkedCrate {
  /** As code names it: with underscores. */
  readonly name: string;
  /** The program's own package: its code has the program's name. */
  readonly isRoot: boolean;
  /**
   * Whether it was compiled with debug information of its functions: then it has no code where that has nothing of it.
   * Absent: not known.
   */
  readonly describesFunctions?: boolean | undefined;
}

/** Which functions a program has code of, or why that cannot be known. */
export type KnownFunctions =
  | { readonly kind: 'known'; readonly filter: FunctionFilter }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Says which functions an ELF file has code of, on its own or inlined, where its debug information has all of them: of
 * every crate, and more than lines. `crates` are all that it is linked of; `split` has what of its debug information is
 * in other files. What cannot be proven is unknown, with a clause why.
 */
export function knownFunctions(
  source: ByteSource,
  image: Image,
  crates: readonly LinkedCrate[],
  split?: SplitUnits,
): KnownFunctions {
  try {
    return judge(source, image, crates, split);
  } catch (error) {
    if (error instanceof BinaryError) return unknown(error.message);
    throw error;
  }
}

function judge(
  source: ByteSource,
  image: Image,
  crates: readonly LinkedCrate[],
  split: SplitUnits | undefined,
): KnownFunctions {
  if (image.format !== 'elf') return unknown('debug information is read of ELF files alone');
  if (image.sections.some(({ name }) => name.startsWith('.zdebug_')))
    return unknown('its debug information is packed in a way that linkers gave up');
  if (!image.sections.some(({ name }) => name === '.debug_info'))
    return unknown('it has no debug information');
  const other = image.needed.find((name) => isRustLibrary(name, crates));
  if (other !== undefined) return unknown(`crates of it are in ${other}`);
  const { units, functions } = functionsIn(debugSections(source, image), split);
  const why = lacking(units, objectNames(source, image), crates);
  if (why !== undefined) return unknown(why);
  const keys = new Set<string>();
  for (const one of functions) {
    for (const key of keysOf(one)) keys.add(key);
    if (keys.size > maxKeys) return unknown(`it has more functions than fit into ${maxFilter / 1024} KiB`);
  }
  return { kind: 'known', filter: FunctionFilter.of(keys) };
}

function unknown(reason: string): KnownFunctions {
  return { kind: 'unknown', reason };
}

/**
 * Whether code of a crate may be there of which the debug information has nothing. Of those of one name all must have
 * been compiled with it.
 */
function mayHide(crate: string, crates: readonly LinkedCrate[]): boolean {
  const own = crates.filter(({ name }) => name === crate);
  return own.length === 0 || own.some(({ describesFunctions = false }) => !describesFunctions);
}

/** Rust's own dynamic libraries, `libNAME-HASH.so`, and those of the crates. */
function isRustLibrary(file: string, crates: readonly LinkedCrate[]): boolean {
  const name = /^lib([A-Za-z_]\w*?)(?:-[0-9a-f]{8,})?\.so/.exec(file)?.[1];
  return /-[0-9a-f]{16}\.so/.test(file) || crates.some((crate) => crate.name === name);
}

/**
 * Why the debug information may not have every function of the crates. Objects keep their names in a link: each that
 * rustc made must have its unit. Where it optimised across crates (LTO) the objects are one, and a crate without a unit
 * may be in all others.
 */
function lacking(
  units: readonly RustUnit[],
  objects: readonly string[],
  crates: readonly LinkedCrate[],
): string | undefined {
  const own = units.filter(({ name }) => !isOfRust(name));
  const split = own.find(({ isSplit }) => isSplit);
  if (split !== undefined) return 'its debug information is in other files (split-debuginfo)';
  const bare = own.find(({ isFull }) => !isFull);
  if (bare !== undefined)
    return `its debug information has lines and no functions (debug = "line-tables-only") of ${objectOf(bare)}`;
  if (own.length === 0) return 'it has debug information of the standard library alone';
  if (objects.length === 0) return 'its symbols were taken out: what it was linked of is in none';
  const described = new Set(units.map(objectOf));
  const without = objects.filter((name) => isRustObject(name) && !described.has(name));
  const named = new Set(own.map(objectOf).map(crateOfObject));
  const blind = blindObject(without, named, crates);
  if (blind !== undefined) return `its debug information has nothing of ${blind}`;
  const missing = isMerged(units, objects)
    ? crates.find(({ name, isRoot }) => !isRoot && !named.has(name) && mayHide(name, crates))
    : undefined;
  return missing === undefined
    ? undefined
    : `it was optimised across crates (LTO), and its debug information has nothing of ${missing.name}`;
}

/**
 * Whether rustc optimised across crates: then a unit is of a crate without any object (fat), or those of the standard
 * library are in other crates' objects as well (thin). Within a crate its parts give each other units in every release
 * build.
 */
function isMerged(units: readonly RustUnit[], objects: readonly string[]): boolean {
  const linked = new Set(objects.map(instanceOf));
  // Those of the compiler's own helpers have no name in a link.
  const compiled = units.map(objectOf).filter((name) => crateOfObject(name) !== 'compiler_builtins');
  const ofRust = units.filter(({ name }) => isOfRust(name)).map(objectOf);
  return compiled.some((name) => !linked.has(instanceOf(name))) || new Set(ofRust).size < ofRust.length;
}

/** Which compilation of a crate an object is of: its name without the number of the part. */
function instanceOf(object: string): string {
  return object.replace(/-cgu\.\d+$/, '');
}

/** An object of rustc that has no unit, and should have one. */
function blindObject(
  without: readonly string[],
  named: ReadonlySet<string | undefined>,
  crates: readonly LinkedCrate[],
): string | undefined {
  // What rustc writes into each program for the allocator has a name like those of incremental builds, and no unit.
  const [, second] = without.filter((name) => crateOfObject(name) === undefined);
  if (second !== undefined) return second;
  const seen = new Map<string, string>();
  for (const object of without) {
    const crate = crateOfObject(object);
    if (crate === undefined) continue;
    if (!mayHide(crate, crates)) continue;
    if (!ofStandardLibrary.has(crate)) return object;
    // The standard library brings some without a unit. A crate of the program's own that is called so must show its own.
    if (crates.some(({ name }) => name === crate) && !named.has(crate)) return object;
    const hash = instanceOf(object);
    if ((seen.get(crate) ?? hash) !== hash) return object;
    seen.set(crate, hash);
  }
  return undefined;
}

/** The standard library's, which the Rust project builds. No crate of anybody else is in them. */
function isOfRust(unit: string): boolean {
  return /^\/rustc\/[0-9a-f]{40}\/|^\/rust\/deps\//.test(unit);
}

function objectOf({ name }: RustUnit): string {
  return name.slice(name.lastIndexOf('/@/') + 3);
}

const withCrate = /^([A-Za-z_]\w*)\.[0-9a-f]{16}-cgu\.\d+$/;

function crateOfObject(object: string): string | undefined {
  return withCrate.exec(object)?.[1];
}

/** Incremental builds name them by a hash of 25 digits, or one less. */
function isRustObject(object: string): boolean {
  return withCrate.test(object) || /^[0-9a-z]{22,26}$/.test(object);
}
