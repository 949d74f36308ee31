import type { Abbreviation } from './abbreviations.ts';
import { broken, Cursor } from './bytes.ts';
import { form, numberValue, type Shape, skipValue } from './forms.ts';
import { attribute } from './names.ts';
import type { DebugSections } from './sections.ts';

/** What of a unit's own entry is read. */
export interface UnitEntry {
  name?: number;
  language?: number;
  /** The file that the unit is in, where it is in another one. */
  dwoName?: number;
  dwoId?: string;
  readonly strOffsetsBase: number;
  readonly addrBase: number;
}

/** A unit, as far as it is needed to read its entries. */
export interface UnitContext {
  readonly offset: number;
  readonly shape: Shape;
  /** Where its part of `.debug_str_offsets` and `.debug_addr` begins. */
  readonly strOffsetsBase: number;
  readonly addrBase: number;
}

/** Texts by one number: in which section they are, and where. */
const place = { str: 0, lineStr: 1, info: 2 } as const;

/**
 * Reads the entry of a unit that the cursor stands at, behind its code. Texts are given as numbers for `textAt`. Throws
 * `BinaryError`.
 */
export function readUnitEntry(
  sections: DebugSections,
  cursor: Cursor,
  { attributes }: Abbreviation,
  unit: UnitContext,
): UnitEntry {
  // Bases may come behind what needs them.
  const bases = basesIn(cursor, attributes, unit);
  const entry: UnitEntry = { strOffsetsBase: bases.strOffsetsBase, addrBase: bases.addrBase };
  for (let i = 0; i < attributes.length; i += 2) {
    const [name = 0, kind = 0] = [attributes[i], attributes[i + 1]];
    switch (name) {
      case attribute.name:
        entry.name = textValue(sections, cursor, kind, bases);
        break;
      case attribute.language:
        entry.language = numberValue(cursor, kind, unit.shape) ?? 0;
        break;
      case attribute.dwoName:
      case attribute.gnuDwoName:
        entry.dwoName = textValue(sections, cursor, kind, bases);
        break;
      case attribute.gnuDwoId:
        if (kind !== form.data8) throw broken('has a unit with an id that is none');
        entry.dwoId = cursor.hex64();
        break;
      default:
        skipValue(cursor, kind, unit.shape);
    }
  }
  return entry;
}

function isBase(name: number | undefined): boolean {
  return name === attribute.strOffsetsBase || name === attribute.addrBase || name === attribute.gnuAddrBase;
}

function basesIn(cursor: Cursor, attributes: readonly number[], unit: UnitContext): UnitContext {
  const ahead = new Cursor(cursor.bytes, cursor.at, cursor.little);
  let { strOffsetsBase, addrBase } = unit;
  for (let i = 0; i < attributes.length; i += 2) {
    const kind = attributes[i + 1] ?? 0;
    if (attributes[i] === attribute.strOffsetsBase)
      strOffsetsBase = numberValue(ahead, kind, unit.shape) ?? strOffsetsBase;
    else if (isBase(attributes[i])) addrBase = numberValue(ahead, kind, unit.shape) ?? addrBase;
    else skipValue(ahead, kind, unit.shape);
  }
  return { ...unit, strOffsetsBase, addrBase };
}

/** The text that stands at the cursor, as a number. Throws `BinaryError`. */
export function textValue(sections: DebugSections, cursor: Cursor, kind: number, unit: UnitContext): number {
  // What linkers keep once for all is named so.
  if (kind === form.strp) return cursor.u32() * 4 + place.str;
  if (kind === form.string) {
    const at = cursor.at;
    cursor.skipText();
    return at * 4 + place.info;
  }
  const value = numberValue(cursor, kind, unit.shape);
  if (value === undefined || kind === form.strpSup) throw broken('has a name in another file');
  if (kind === form.lineStrp) return value * 4 + place.lineStr;
  const offsets = new Cursor(sections.strOffsets, unit.strOffsetsBase + 4 * value, sections.little);
  return offsets.u32() * 4 + place.str;
}

/** The text that an entry names. Throws `BinaryError`. */
export function textAt(sections: DebugSections, text: number): string {
  const [at, where] = [Math.floor(text / 4), text % 4];
  const bytes =
    where === place.str ? sections.str : where === place.lineStr ? sections.lineStr : sections.info;
  const end = at < bytes.length ? bytes.indexOf(0, at) : -1;
  if (end === -1) throw broken('has a name that lies nowhere');
  // Longer ones are names of types in types in types: nothing is looked for in those.
  return bytes.toString('utf8', at, Math.min(end, at + maxText));
}

/** In bytes. */
const maxText = 16 * 1024;

/** The address that stands at the cursor. Throws `BinaryError`. */
export function addressValue(
  sections: DebugSections,
  cursor: Cursor,
  kind: number,
  unit: UnitContext,
): number {
  const value = numberValue(cursor, kind, unit.shape);
  if (value === undefined) throw broken('has an address that is none');
  if (kind === form.addr) return value;
  const at = unit.addrBase + unit.shape.address * value;
  return new Cursor(sections.addr, at, sections.little).word(unit.shape.address);
}

/** The offset of the entry that stands at the cursor. Throws `BinaryError`. */
export function referenceValue(cursor: Cursor, kind: number, unit: UnitContext): number {
  if (kind === form.ref4) return unit.offset + cursor.u32();
  const value = numberValue(cursor, kind, unit.shape);
  if (kind === form.refAddr && value !== undefined) return value;
  const isOwn = kind === form.ref1 || kind === form.ref2 || kind === form.ref8 || kind === form.refUdata;
  if (value === undefined || !isOwn) throw broken('leads to an entry in another file');
  return unit.offset + value;
}
