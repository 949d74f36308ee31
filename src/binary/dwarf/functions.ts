import { type Abbreviation, type AbbreviationTable, abbreviationsAt } from './abbreviations.ts';
import { broken, Cursor } from './bytes.ts';
import { readUnitEntry, textAt, type UnitContext, type UnitEntry } from './entries.ts';
import { skipValue } from './forms.ts';
import { emptyEntry, FunctionEntries, type FunctionEntry, readFunction } from './function-entries.ts';
import { tag } from './names.ts';
import { type DebugSections, maxDebugSection } from './sections.ts';
import type { SplitUnits } from './split.ts';

/** What a file's debug information says of its functions. */
export interface DebuggedFunctions {
  /** The compilation units that rustc made, in the file's order. */
  readonly units: readonly RustUnit[];
  /**
   * What the functions are called of which code is in the file, on its own or inlined. Their texts are read as they are
   * gone through, which may throw `BinaryError`.
   */
  readonly functions: Iterable<DebuggedFunction>;
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

/**
 * Reads which functions a file's debug information (DWARF 2 to 5) knows code of. A subprogram counts where it has an
 * address that the linker did not strike, one that was inlined where an inlined instance of it is in such a subprogram.
 * `split` has the units that are in other files. Throws `BinaryError`.
 */
export function functionsIn(sections: DebugSections, split: SplitUnits = () => undefined): DebuggedFunctions {
  return functionsOf(sections, {
    split,
    seen: new Set(),
    budget: { functions: 0, abbreviations: 0, names: 0 },
  });
}

/** What the units of a program have in common with those that are split from it. */
interface Shared {
  readonly split: SplitUnits;
  /** Ids of those that were read. */
  readonly seen: Set<string>;
  /** How much was read in all. */
  readonly budget: { functions: number; abbreviations: number; names: number };
}

/** `of`: the skeleton of the one unit that is read, by its id and where its addresses are. */
function functionsOf(
  sections: DebugSections,
  shared: Shared,
  of?: { readonly id: string; readonly addrBase: number },
): DebuggedFunctions {
  const reader = new Reader(sections, shared, of);
  for (let at = 0; at < sections.info.length; ) at = reader.unitAt(at);
  return { units: reader.units, functions: reader.functions() };
}

class Reader {
  readonly #sections: DebugSections;
  readonly units: RustUnit[] = [];
  readonly #entries: FunctionEntries;
  /** Those of units in other files. */
  readonly #apart: DebuggedFunction[] = [];
  readonly #tables = new Map<string, AbbreviationTable>();
  readonly #shared: Shared;
  readonly #of: Parameters<typeof functionsOf>[2];

  constructor(sections: DebugSections, shared: Shared, of: Parameters<typeof functionsOf>[2]) {
    this.#sections = sections;
    this.#entries = new FunctionEntries(sections.info.length);
    this.#shared = shared;
    this.#of = of;
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
    const isApart = kind === unitType.skeleton || kind === unitType.splitCompile;
    const id = isApart ? cursor.hex64() : undefined;
    // Types alone: no function is in one.
    if (kind === unitType.type || kind === unitType.splitType) return end;
    const shape = { version, address };
    // DWARF 5 has a header before either table.
    const base = version === 5 ? 8 : 0;
    const bases = { strOffsetsBase: base, addrBase: this.#of?.addrBase ?? base };
    this.#unit(cursor, end, this.#table(table, shape), { offset, shape, ...bases }, id);
    return end;
  }

  #table(offset: number, shape: UnitContext['shape']): AbbreviationTable {
    const key = `${offset} ${shape.version} ${shape.address}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const { abbrev, little } = this.#sections;
    const table = abbreviationsAt(abbrev, offset, little, shape);
    this.#tables.set(key, table);
    this.#shared.budget.abbreviations += 1 + table.size;
    if (this.#shared.budget.abbreviations > maxAbbreviations) throw broken('has too many abbreviations');
    return table;
  }

  #unit(
    cursor: Cursor,
    end: number,
    table: AbbreviationTable,
    bare: UnitContext,
    id: string | undefined,
  ): void {
    let unit = bare;
    let depth = 0;
    /** How deep the function lies that the linker took out, and in which all is; -1: in none. */
    let dead = -1;
    let isFull = false;
    let own: UnitEntry | undefined;
    const entry = emptyEntry();
    while (cursor.at < end) {
      const offset = cursor.at;
      const code = cursor.uleb();
      if (code === 0) {
        depth--;
        if (depth <= dead) dead = -1;
        if (depth <= 0) break;
        continue;
      }
      const abbreviation = table.at(code);
      if (abbreviation === undefined) throw broken('has an entry of which nothing says what it is');
      switch (abbreviation.tag) {
        case tag.compileUnit:
        case tag.skeletonUnit: {
          own = readUnitEntry(this.#sections, cursor, abbreviation, unit);
          if (this.#of !== undefined && (id ?? own.dwoId) !== this.#of.id)
            throw broken('is of another unit than its skeleton');
          if (own.language !== rust && own.dwoName === undefined) return;
          unit = { ...unit, strOffsetsBase: own.strOffsetsBase, addrBase: own.addrBase };
          break;
        }
        case tag.subprogram: {
          readFunction(this.#sections, cursor, abbreviation, unit, entry);
          isFull ||= entry.linkageName !== -1;
          if (this.#subprogram(offset, entry) === 'dead' && abbreviation.hasChildren && dead === -1)
            dead = depth;
          break;
        }
        case tag.inlinedSubroutine: {
          readFunction(this.#sections, cursor, abbreviation, unit, entry);
          if (entry.of === -1) throw broken('has an inlined function that is an instance of none');
          if (dead === -1) this.#entries.mark(entry.of);
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
    if (own === undefined) return;
    const isSkeleton = own.dwoName !== undefined && this.#of === undefined;
    if (isSkeleton && this.#apartUnit(own, id, unit)) return;
    const name = own.name === undefined ? '' : textAt(this.#sections, own.name);
    this.units.push({ name, isFull, isSplit: isSkeleton });
  }

  /** Reads the unit that a skeleton stands for; `false`: it is not at hand. */
  #apartUnit({ dwoName, dwoId }: UnitEntry, stated: string | undefined, { addrBase }: UnitContext): boolean {
    const id = stated ?? dwoId;
    if (id === undefined || dwoName === undefined) return false;
    if (this.#shared.seen.has(id)) throw broken('has two skeletons of one unit');
    this.#shared.seen.add(id);
    const sections = this.#shared.split({ id, file: textAt(this.#sections, dwoName) });
    if (sections === undefined) return false;
    const { addr } = this.#sections;
    const { units, functions } = functionsOf({ ...sections, addr }, this.#shared, { id, addrBase });
    if (units.length > 1) throw broken('has several units in the place of one');
    this.units.push(...units);
    for (const one of functions) this.#apart.push(one);
    return units.length === 1;
  }

  #subprogram(offset: number, entry: FunctionEntry): 'live' | 'dead' | 'abstract' {
    const { lowPc, hasRanges, isDeclaration } = entry;
    this.#entries.add(offset, entry);
    if (++this.#shared.budget.functions > maxFunctions) throw broken('has too many functions');
    if (isDeclaration || (lowPc === -1 && !hasRanges)) return 'abstract';
    // Where it has several ranges the first may be struck, and another not.
    if (!hasRanges && isStruck(lowPc)) return 'dead';
    this.#entries.mark(offset);
    return 'live';
  }

  functions(): Iterable<DebuggedFunction> {
    const places: number[] = [];
    // Linkers keep each text once: what lies at one place is one name.
    const seen = new Set<number>();
    for (const at of this.#entries.marked()) {
      const { name, linkageName } = this.#entries.namedAt(at);
      const place = linkageName === -1 ? name + 0.5 : linkageName;
      if (seen.has(place)) continue;
      seen.add(place);
      places.push(linkageName, name);
    }
    return { [Symbol.iterator]: () => this.#texts(places) };
  }

  *#texts(places: readonly number[]): Generator<DebuggedFunction> {
    yield* this.#apart;
    const text = (of: number) => this.#text(of);
    for (let i = 0; i < places.length; i += 2) {
      const name = places[i + 1] ?? -1;
      yield {
        symbol: text(places[i] ?? -1),
        // Few are asked for beside the other.
        get name() {
          return text(name);
        },
      };
    }
  }

  #text(text: number): string | undefined {
    if (text === -1) return undefined;
    const read = textAt(this.#sections, text);
    this.#shared.budget.names += read.length;
    if (this.#shared.budget.names > maxNames) throw broken('has too many names');
    return read;
  }
}

const unitType = { compile: 1, type: 2, skeleton: 4, splitCompile: 5, splitType: 6 } as const;

function skipEntry(cursor: Cursor, { size, attributes }: Abbreviation, { shape }: UnitContext): void {
  if (size !== -1) cursor.skip(size);
  else for (let i = 1; i < attributes.length; i += 2) skipValue(cursor, attributes[i] ?? 0, shape);
}

/**
 * What linkers write where the code that an entry is about was left out: ld.bfd and LLD 0, in lists 1, and others the
 * greatest two.
 */
function isStruck(address: number): boolean {
  return address <= 1 || address === 0xffffffff || address === 0xfffffffe || address >= 2 ** 64 - 2048;
}
