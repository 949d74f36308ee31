import { parse, TomlError } from 'smol-toml';
import type { Position } from '../../cargo/error.ts';
import { LayoutError, layoutOf, type TomlValue } from '../../cargo/toml-layout.ts';
import { LineTable } from './line-table.ts';
import { type Side, textOf, whyNoText } from './side.ts';

export type Table = Readonly<Record<string, unknown>>;

/** A TOML file, read: what it says and where. */
export interface TomlFile {
  readonly kind: 'read';
  readonly file: string;
  readonly values: Table;
  /** Where a key stands; for one that has no place of its own, the nearest around it, or the file's first line. */
  readonly placeOf: (path: readonly string[]) => Position;
}

/** A file that is there and no TOML. */
export interface UnreadableToml extends Position {
  readonly kind: 'unreadable';
  readonly file: string;
  /** One clause. */
  readonly reason: string;
}

/** Reads a TOML file of a side; `undefined` where there is none. Never throws. */
export function readTomlFile(side: Side | undefined, file: string): TomlFile | UnreadableToml | undefined {
  if (side?.paths.has(file) !== true) return undefined;
  const text = textOf(side, file);
  if (text === undefined)
    return { kind: 'unreadable', file, line: 1, column: 1, reason: whyNoText(side, file) };
  return parseTomlFile(file, text);
}

/** Reads TOML text. Never throws. */
export function parseTomlFile(file: string, text: string): TomlFile | UnreadableToml {
  try {
    const values = parse(text, { integersAsBigInt: 'asNeeded' });
    return { kind: 'read', file, values, placeOf: placeFinder(text) };
  } catch (error) {
    // Far too deeply nested tables end the parser's stack.
    const at = error instanceof TomlError ? { line: error.line, column: error.column } : top;
    const said = error instanceof TomlError ? error.message.split('\n')[0] : undefined;
    const reason = said?.replace(/^Invalid TOML document: /, '') ?? 'it is not TOML';
    return { kind: 'unreadable', file, ...at, reason };
  }
}

export function asTable(value: unknown): Table {
  return isTable(value) ? value : {};
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A value as one line of TOML or near it, without passwords in addresses. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'bigint'
      ? String(value)
      : (JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner)) ??
        '');
  const quiet = text.replaceAll(/:\/\/[^/@\s"]+@/g, '://…@');
  return `\`${quiet.length > 160 ? `${quiet.slice(0, 159)}…` : quiet}\``;
}

const top: Position = { line: 1, column: 1 };

/** Places are looked for when the first is asked for: most files have nothing to point at. */
function placeFinder(text: string): (path: readonly string[]) => Position {
  let offsets: ReadonlyMap<string, number> | undefined;
  let lines: LineTable | undefined;
  return (path) => {
    offsets ??= offsetsOf(text);
    lines ??= new LineTable(text);
    for (let depth = path.length; depth > 0; depth--) {
      const offset = offsets.get(JSON.stringify(path.slice(0, depth)));
      if (offset !== undefined) return lines.positionAt(offset);
    }
    return top;
  };
}

/** Where each key path is first named, be it by a header, a dotted key or within an inline table. */
function offsetsOf(text: string): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  const add = (path: readonly string[], start: number) => {
    for (let depth = path.length; depth > 0; depth--) {
      const key = JSON.stringify(path.slice(0, depth));
      if (!offsets.has(key)) offsets.set(key, start);
    }
  };
  const addInline = (path: readonly string[], { entries = [] }: TomlValue) => {
    for (const { path: inner, value, start } of entries) {
      add([...path, ...inner], start);
      addInline([...path, ...inner], value);
    }
  };
  try {
    const { tables, entries } = layoutOf(text);
    for (const { path, start } of tables) add(path, start);
    for (const { path, value, start } of entries) {
      add(path, start);
      addInline(path, value);
    }
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
  }
  return offsets;
}
