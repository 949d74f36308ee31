import { broken, Cursor } from './bytes.ts';
import { form, type Shape, sizeOf } from './forms.ts';
import { ofFunctions, tag as tags } from './names.ts';

/** What entries with one code look like (DWARF 5, 7.5.3). */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Attributes and their forms, one behind the other. */
  readonly attributes: readonly number[];
  /** Bytes of an entry behind its code where all of its forms have one size, else -1. */
  readonly size: number;
  /**
   * The same for a function, three numbers a step: the attribute, 0 for what is not read; its form; its bytes, -1 where
   * each has its own. What is passed over together is one step. Of other entries none.
   */
  readonly steps: readonly number[];
}

/** Abbreviations by their code, and how many they are. */
export interface AbbreviationTable {
  readonly size: number;
  readonly at: (code: number) => Abbreviation | undefined;
}

/** Compilers number them from 1: so many are found by their place. */
const maxDense = 65_536;

/** More than any compiler makes in a table, and of one. */
const maxAbbreviations = 100_000;
const maxAttributes = 256;

/** The table at an offset of `.debug_abbrev`, by code. Throws `BinaryError`. */
export function abbreviationsAt(
  bytes: Uint8Array,
  offset: number,
  little: boolean,
  shape: Shape,
): AbbreviationTable {
  const table = new Map<number, Abbreviation>();
  const cursor = new Cursor(bytes, offset, little);
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() === 1;
    const attributes: number[] = [];
    let size = 0;
    for (;;) {
      const [name, kind] = [cursor.uleb(), cursor.uleb()];
      // Its value stands here, and takes no byte of the entry.
      if (kind === form.implicitConst) cursor.uleb();
      if (name === 0 && kind === 0) break;
      attributes.push(name, kind);
      if (attributes.length > 2 * maxAttributes) throw broken('has an entry with too many attributes');
      const own = sizeOf(kind, shape);
      size = size === -1 || own === -1 ? -1 : size + own;
    }
    const steps = isFunction(tag) ? stepsOf(attributes, shape) : none;
    table.set(code, { tag, hasChildren, attributes, size, steps });
    if (table.size > maxAbbreviations) throw broken('has too many abbreviations');
  }
  const dense: (Abbreviation | undefined)[] = [];
  for (let code = 0; code < maxDense && code <= table.size; code++) dense.push(table.get(code));
  return { size: table.size, at: (code) => (code < dense.length ? dense[code] : table.get(code)) };
}

function isFunction(tag: number): boolean {
  return tag === tags.subprogram || tag === tags.inlinedSubroutine;
}

const none: readonly number[] = [];

function stepsOf(attributes: readonly number[], shape: Shape): readonly number[] {
  const steps: number[] = [];
  for (let i = 0; i < attributes.length; i += 2) {
    const [name = 0, kind = 0] = [attributes[i], attributes[i + 1]];
    const size = sizeOf(kind, shape);
    const last = steps.length - 3;
    if (ofFunctions.has(name)) steps.push(name, kind, size);
    else if (size === -1 || last < 0 || steps[last] !== 0 || steps[last + 2] === -1)
      steps.push(0, kind, size);
    else steps[last + 2] = (steps[last + 2] ?? 0) + size;
  }
  return steps;
}
