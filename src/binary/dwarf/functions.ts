import { type Abbreviation, abbreviationsAt } from './abbreviations.ts';
import { broken, Cursor } from './bytes.ts';
import { type Entry, readEntry, tag, textAt, type UnitContext } from './entries.ts';
import { skipValue } from './forms.ts';
import { type DebugSections, maxDebugSection } from './sections.ts';

/** What a file's debug information says of its functions. */
export interface DebuggedFunctions {
  /** The compilation units that rustc made, in the file's order. */
  readonly units: readonly RustUnit[];
  /** What the functions are called of which code is in the file, on its own or inlined: each once. */
  readonly functions: readonly DebuggedFunction[];
}

export interface RustUnit {
  /** As rustc calls it: `src/lib.rs/@/NAME.HASH-cgu.0`. */
  readonly name: string;
  /** Whether its functions have their paths: not where only line tables were asked for. */
  readonly isFull: boolean;
  /** Its functions are in another file (`split-debuginfo`). */
  readonly isSplit: boolean;
}

export interface DebuggedFunction {
  /** As the linker knows it; absent for one of which the debug information has the bare name alone. */
  readonly symbol: string | undefined;
  readonly name: string | undefined;
}

/** DW_LANG_Rust. */
const rust = 0x1c;

/** More entries of functions, descriptions of entries and bytes of names than a file of that size has. */
const maxFunctions = 4_000_000;
const maxAbbreviations = 4_000_000;
const maxNames = 1024 * 1024 * 1024;

/** Definitions lead to declarations, and instances to what they are instances of. */
const maxSteps = 8;

/**
 * Reads which functions a file's debug information (DWARF 2 to 5) knows code of. A subprogram counts where it has an address that the linker did
 * not strike, one that was inlined where an inlined instance of it is in such a subprogram. Throws `BinaryError`.
 */
export function functionsIn(sections: DebugSections): DebuggedFunctions {
  const reader = new Reader(sections);
  for (let at = 0; at < sections.info.length; ) at = reader.unitAt(at);
  return { units: reader.units, functions: reader.functions() };
}

interface Named {
  readonly name: number | undefined;
  readonly linkageName: number | undefined;
  readonly of: number | undefined;
}

class Reader {
  readonly #sections: DebugSections;
  readonly units: RustUnit[] = [];
  /** Entries of functions by their offset. */
  readonly #entries = new Map<number, Named>();
  /** Offsets of those of which code is there. */
  readonly #live = new Set<number>();
  #abbreviations = 0;
  #nameBytes = 0;
  readonly #tables = new Map<string, ReadonlyMap<number, Abbreviation>>();

  constructor(sections: DebugSections) {
    this.#sections = sections;
  }

  /** Reads the unit at an offset (DWARF 5, 7.5.1), and says where it ends. */
  unitAt(offset: number): number {
    const cursor = new Cursor(this.#sections.info, offset, this.#sections.little);
    const length = cursor.u32();
    if (length >= 0xfffffff0 || length > maxDebugSection) throw broken('is of 64 bits, which is not read');
    const end = cursor.at + length;
    if (end > this.#sections.info.length) throw broken('is cut off');
    const version = cursor.u16();
    if (version < 2 || version > 5) throw broken(`is of a version that is not known: ${version}`);
    const kind = version === 5 ? cursor.u8() : unitType.compile;
    const early = version === 5 ? cursor.u8() : 0;
    const table = cursor.u32();
    const address = version === 5 ? early : cursor.u8();
    if (address !== 4 && address !== 8) throw broken(`has addresses of ${address} bytes`);
    if (kind === unitType.skeleton || kind === unitType.splitCompile) cursor.skip(8);
    // Types alone: no function is in one.
    if (kind === unitType.type || kind === unitType.splitType) return end;
    const shape = { version, address };
    this.#unit(cursor, end, this.#table(table, shape), { offset, shape, strOffsetsBase: 8, addrBase: 8 });
    return end;
  }

  #table(offset: number, shape: UnitContext['shape']): ReadonlyMap<number, Abbreviation> {
    const key = `${offset} ${shape.version} ${shape.address}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const { abbrev, little } = this.#sections;
    const table = abbreviationsAt(abbrev, offset, little, shape);
    this.#tables.set(key, table);
    this.#abbreviations += 1 + table.size;
    if (this.#abbreviations > maxAbbreviations) throw broken('has too many abbreviations');
    return table;
  }

  #unit(cursor: Cursor, end: number, table: ReadonlyMap<number, Abbreviation>, bare: UnitContext): void {
    let unit = bare;
    let depth = 0;
    /** How deep the function lies that the linker took out, and in which all is; -1: in none. */
    let dead = -1;
    let isFull = false;
    let own: Entry | undefined;
    while (cursor.at < end) {
      const offset = cursor.at;
      const code = cursor.uleb();
      if (code === 0) {
        depth--;
        if (depth <= dead) dead = -1;
        if (depth <= 0) break;
        continue;
      }
      const abbreviation = table.get(code);
      if (abbreviation === undefined) throw broken('has an entry of which nothing says what it is');
      switch (abbreviation.tag) {
        case tag.compileUnit:
        case tag.skeletonUnit: {
          own = readEntry(this.#sections, cursor, abbreviation, unit);
          if (own.language !== rust && own.isSplit !== true) return;
          unit = { ...unit, strOffsetsBase: own.strOffsetsBase ?? 8, addrBase: own.addrBase ?? 8 };
          break;
        }
        case tag.subprogram: {
          const entry = readEntry(this.#sections, cursor, abbreviation, unit);
          isFull ||= entry.linkageName !== undefined;
          if (this.#subprogram(offset, entry) === 'dead' && abbreviation.hasChildren && dead === -1)
            dead = depth;
          break;
        }
        case tag.inlinedSubroutine: {
          const { of } = readEntry(this.#sections, cursor, abbreviation, unit);
          if (of === undefined) throw broken('has an inlined function that is an instance of none');
          if (dead === -1) this.#live.add(of);
          break;
        }
        default:
          isFull ||= abbreviation.tag === tag.namespace;
          skipEntry(cursor, abbreviation, unit);
      }
      if (abbreviation.hasChildren) depth++;
      else if (depth === 0) break;
    }
    if (cursor.at > end) throw broken('has a unit that ends in another one');
    if (own !== undefined)
      this.units.push({
        name: own.name === undefined ? '' : textAt(this.#sections, own.name),
        isFull,
        isSplit: own.isSplit === true,
      });
  }

  #subprogram(offset: number, entry: Entry): 'live' | 'dead' | 'abstract' {
    const { name, linkageName, of, lowPc, hasRanges, isDeclaration } = entry;
    this.#entries.set(offset, { name, linkageName, of });
    if (this.#entries.size > maxFunctions) throw broken('has too many functions');
    if (isDeclaration || (lowPc === undefined && hasRanges === undefined)) return 'abstract';
    // Where it has several ranges the first may be struck, and another not.
    if (hasRanges === undefined && isStruck(lowPc ?? 0)) return 'dead';
    this.#live.add(offset);
    return 'live';
  }

  functions(): readonly DebuggedFunction[] {
    const found = new Map<string, DebuggedFunction>();
    for (const offset of this.#live) {
      const one = this.#named(offset);
      found.set(one.symbol ?? ` ${one.name}`, one);
    }
    return [...found.values()];
  }

  /** What the function at an offset is called: by itself, or by what it is an instance of. */
  #named(offset: number): DebuggedFunction {
    let name: number | undefined;
    for (let at: number | undefined = offset, steps = 0; at !== undefined && steps < maxSteps; steps++) {
      const entry: Named | undefined = this.#entries.get(at);
      if (entry === undefined) throw broken('has an instance of something that is no function');
      name ??= entry.name;
      if (entry.linkageName !== undefined)
        return { symbol: this.#text(entry.linkageName), name: this.#text(name) };
      at = entry.of;
    }
    if (name === undefined) throw broken('has a function without a name');
    return { symbol: undefined, name: this.#text(name) };
  }

  #text(text: number | undefined): string | undefined {
    if (text === undefined) return undefined;
    const read = textAt(this.#sections, text);
    this.#nameBytes += read.length;
    if (this.#nameBytes > maxNames) throw broken('has too many names');
    return read;
  }
}

const unitType = { compile: 1, type: 2, skeleton: 4, splitCompile: 5, splitType: 6 } as const;

function skipEntry(cursor: Cursor, { size, attributes }: Abbreviation, { shape }: UnitContext): void {
  if (size !== -1) cursor.skip(size);
  else for (let i = 1; i < attributes.length; i += 2) skipValue(cursor, attributes[i] ?? 0, shape);
}

/** What linkers write where the code that an entry is about was left out: ld.bfd and LLD 0, in lists 1, and others the greatest two. */
function isStruck(address: number): boolean {
  return address <= 1 || address === 0xffffffff || address === 0xfffffffe || address >= 2 ** 64 - 2048;
}
