import type { Abbreviation } from './abbreviations.ts';
import { broken, type Cursor } from './bytes.ts';
import { addressValue, referenceValue, textValue, type UnitContext } from './entries.ts';
import { numberValue, skipValue } from './forms.ts';
import { attribute } from './names.ts';
import type { DebugSections } from './sections.ts';

// A program has hundreds of thousands of functions and inlined calls, and a release build little else: each is read
// into the same object, and they are kept in columns of numbers.

/** What is read of the entry of a function. Texts are numbers for `textAt`; -1: it does not say. */
export interface FunctionEntry {
  name: number;
  linkageName: number;
  lowPc: number;
  /** The entry that it is a definition or an instance of, by its offset. */
  of: number;
  hasRanges: boolean;
  isDeclaration: boolean;
}

export function emptyEntry(): FunctionEntry {
  return { name: -1, linkageName: -1, lowPc: -1, of: -1, hasRanges: false, isDeclaration: false };
}

/** Reads the entry that the cursor stands at, behind its code, into `entry`. Throws `BinaryError`. */
export function readFunction(
  sections: DebugSections,
  cursor: Cursor,
  { steps }: Abbreviation,
  unit: UnitContext,
  entry: FunctionEntry,
): void {
  entry.name = -1;
  entry.linkageName = -1;
  entry.lowPc = -1;
  entry.of = -1;
  entry.hasRanges = false;
  entry.isDeclaration = false;
  for (let i = 0; i < steps.length; i += 3) {
    const kind = steps[i + 1] ?? 0;
    switch (steps[i]) {
      case 0: {
        const size = steps[i + 2] ?? -1;
        if (size === -1) skipValue(cursor, kind, unit.shape);
        else cursor.skip(size);
        break;
      }
      case attribute.name:
        entry.name = textValue(sections, cursor, kind, unit);
        break;
      case attribute.lowPc:
        entry.lowPc = addressValue(sections, cursor, kind, unit);
        break;
      case attribute.abstractOrigin:
      case attribute.specification:
        entry.of = referenceValue(cursor, kind, unit);
        break;
      case attribute.ranges:
        skipValue(cursor, kind, unit.shape);
        entry.hasRanges = true;
        break;
      case attribute.declaration:
        numberValue(cursor, kind, unit.shape);
        entry.isDeclaration = true;
        break;
      default:
        entry.linkageName = textValue(sections, cursor, kind, unit);
    }
  }
}

/** The functions of one `.debug_info`, by their offsets in it, which only grow; and of which of them code is there. */
export class FunctionEntries {
  #offsets = new Uint32Array(1024);
  /** Three of each: name, name for the linker, what it is an instance of. */
  #columns = new Float64Array(3 * 1024);
  #length = 0;
  /** A bit for each byte of the section. */
  readonly #live: Uint8Array;
  #marked = 0;

  constructor(sectionSize: number) {
    this.#live = new Uint8Array((sectionSize >> 3) + 1);
  }

  get length(): number {
    return this.#length;
  }

  add(offset: number, { name, linkageName, of }: FunctionEntry): void {
    const at = this.#length++;
    if (at === this.#offsets.length) this.#grow();
    this.#offsets[at] = offset;
    this.#columns[3 * at] = name;
    this.#columns[3 * at + 1] = linkageName;
    this.#columns[3 * at + 2] = of;
  }

  /**
   * Says that there is code of the function at an offset, which may be read later. Throws `BinaryError` for one that is
   * nowhere.
   */
  mark(offset: number): void {
    const [byte, bit] = [offset >>> 3, 1 << (offset & 7)];
    const before = this.#live[byte];
    if (before === undefined || !(offset < 2 ** 32)) throw noFunction();
    if ((before & bit) !== 0) return;
    this.#live[byte] = before | bit;
    this.#marked++;
  }

  /** The places of those of which code is there. Throws `BinaryError` where one of them is no function. */
  marked(): readonly number[] {
    const found: number[] = [];
    for (let at = 0; at < this.#length; at++) {
      const offset = this.#offsets[at] ?? 0;
      if (((this.#live[offset >>> 3] ?? 0) & (1 << (offset & 7))) !== 0) found.push(at);
    }
    if (found.length < this.#marked) throw noFunction();
    return found;
  }

  /** What the function at a place is called, by itself or by what it is an instance of. Throws `BinaryError`. */
  namedAt(at: number): { readonly name: number; readonly linkageName: number } {
    let name = -1;
    for (let place = at, steps = 0; steps < maxSteps; steps++) {
      if (name === -1) name = this.#columns[3 * place] ?? -1;
      const linkageName = this.#columns[3 * place + 1] ?? -1;
      const of = this.#columns[3 * place + 2] ?? -1;
      if (linkageName !== -1) return { name, linkageName };
      if (of === -1) break;
      place = this.#placeOf(of);
    }
    if (name === -1) throw broken('has a function without a name');
    return { name, linkageName: -1 };
  }

  #placeOf(offset: number): number {
    let [low, high] = [0, this.#length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#offsets[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    if (this.#offsets[low] !== offset || low >= this.#length) throw noFunction();
    return low;
  }

  #grow(): void {
    const [offsets, columns] = [this.#offsets, this.#columns];
    this.#offsets = new Uint32Array(2 * offsets.length);
    this.#offsets.set(offsets);
    this.#columns = new Float64Array(2 * columns.length);
    this.#columns.set(columns);
  }
}

/** Definitions lead to declarations, and instances to what they are instances of. */
const maxSteps = 8;

function noFunction(): Error {
  return broken('has an instance of something that is no function');
}
