import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import {
  LayoutError,
  layoutOf,
  type TomlEntry,
  type TomlLayout,
  type TomlValue,
} from '../../cargo/toml-layout.ts';
import { CliError } from '../shared/error.ts';

/** A key to be set to a string. */
export interface Setting {
  /** From the root; the table's path and then the key. */
  readonly path: readonly string[];
  readonly value: string;
}

export type TomlTable = Readonly<Record<string, unknown>>;

/** Reads a configuration file. Throws `CliError` that names the file and the line. */
export function parseConfig(text: string, file: string): TomlTable {
  try {
    return parse(text.replace(/^\ufeff/, ''), { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    throw new CliError('cli/config', `${file}:${error.line}:${error.column}: ${message}`, {
      next: 'Mend the file first; nothing was changed.',
      cause: error,
    });
  }
}

/** The value at a path; `undefined` where there is none. */
export function valueAt(table: TomlTable, path: readonly string[]): unknown {
  let at: unknown = table;
  for (const part of path) {
    if (!isTable(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/**
 * Sets keys in TOML text by inserting lines, or replacing a value where the key is there. Every other byte stays. The
 * outcome is read again: where anything else came to mean something else, it throws and there is no new text.
 */
export function setStrings(text: string, settings: readonly Setting[], file: string): string {
  let edited = text;
  for (const setting of settings) {
    const before = parseConfig(edited, file);
    if (valueAt(before, setting.path) === setting.value) continue;
    refuseOtherTypes(before, setting.path, file);
    const next = tryToSet(edited, before, setting, file);
    if (next === undefined)
      throw new CliError('cli/config', `${file} is written in a way that cannot be added to safely`, {
        next: `Add it by hand: ${setting.path.join('.')} = ${JSON.stringify(setting.value)}`,
      });
    edited = next;
  }
  return edited;
}

/** The new text, if it reads as the old one with this key set. */
function tryToSet(text: string, before: TomlTable, setting: Setting, file: string): string | undefined {
  try {
    const next = setString(text, setting);
    const wanted = withValue(before, setting.path, setting.value);
    return isDeepStrictEqual(parseConfig(next, file), wanted) ? next : undefined;
  } catch (error) {
    if (error instanceof LayoutError || error instanceof CliError) return undefined;
    throw error;
  }
}

function setString(text: string, { path, value }: Setting): string {
  const layout = layoutOf(text);
  const quoted = JSON.stringify(value);
  const existing = findValue(layout, path);
  if (existing !== undefined) return splice(text, existing.start, existing.end, quoted);

  const parent = path.slice(0, -1);
  const header = layout.tables.find((table) => !table.array && samePath(table.path, parent));
  if (header !== undefined) {
    const last = layout.entries.findLast((entry) => entry.header === header);
    return insertLineAfter(text, last, header.end, `${dotted(path.slice(parent.length))} = ${quoted}`);
  }
  for (let depth = parent.length; depth > 0; depth--) {
    const prefix = path.slice(0, depth);
    const inline = findValue(layout, prefix);
    if (inline?.entries !== undefined)
      return insertInline(text, inline, `${dotted(path.slice(depth))} = ${quoted}`);
    const sibling = layout.entries.findLast((entry) => definesByDots(entry, prefix));
    if (sibling !== undefined) {
      const key = dotted(path.slice(sibling.header?.path.length ?? 0));
      return insertLineAfter(text, sibling, 0, `${key} = ${quoted}`);
    }
  }
  return append(text, [`[${dotted(parent)}]`, `${dotted(path.slice(-1))} = ${quoted}`]);
}

/** Whether an entry makes a table by its dotted key, which no header may then open again. */
function definesByDots(entry: TomlEntry, table: readonly string[]): boolean {
  const above = entry.header?.path.length ?? 0;
  return (
    entry.header?.array !== true &&
    above < table.length &&
    entry.path.length > table.length &&
    samePath(entry.path.slice(0, table.length), table)
  );
}

function findValue(layout: TomlLayout, path: readonly string[]): TomlValue | undefined {
  return findAmong(
    layout.entries.filter((entry) => entry.header?.array !== true),
    path,
  );
}

function findAmong(
  entries: readonly { readonly path: readonly string[]; readonly value: TomlValue }[],
  path: readonly string[],
): TomlValue | undefined {
  for (const entry of entries) {
    if (!samePath(entry.path, path.slice(0, entry.path.length))) continue;
    if (entry.path.length === path.length) return entry.value;
    const inner = findAmong(entry.value.entries ?? [], path.slice(entry.path.length));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Inserts a line after the one that an entry (or else an offset) ends on, indented as the entry is. */
function insertLineAfter(text: string, entry: TomlEntry | undefined, offset: number, line: string): string {
  const at = text.indexOf('\n', entry?.value.end ?? offset);
  const indent = entry === undefined ? '' : indentOf(text, entry.start);
  if (at === -1) return `${text}${newlineOf(text)}${indent}${line}`;
  return splice(text, at + 1, at + 1, `${indent}${line}${newlineOf(text)}`);
}

function indentOf(text: string, start: number): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  return /^[ \t]*$/.test(before) ? before : '';
}

function insertInline(text: string, table: TomlValue, entry: string): string {
  const last = table.entries?.at(-1);
  return last === undefined
    ? splice(text, table.start + 1, table.start + 1, ` ${entry} `)
    : splice(text, last.value.end, last.value.end, `, ${entry}`);
}

function append(text: string, lines: readonly string[]): string {
  const newline = newlineOf(text);
  const body = lines.map((line) => line + newline).join('');
  if (text.replace(/^\ufeff/, '').trim() === '') return text + body;
  const ended = text.endsWith('\n') ? text : text + newline;
  return `${ended}${/\n\r?\n$/.test(ended) ? '' : newline}${body}`;
}

function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function dotted(path: readonly string[]): string {
  return path.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part))).join('.');
}

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

function refuseOtherTypes(table: TomlTable, path: readonly string[], file: string): void {
  for (let depth = 1; depth <= path.length; depth++) {
    const value = valueAt(table, path.slice(0, depth));
    const good = depth < path.length ? isTable(value) : typeof value === 'string';
    if (value === undefined || good) continue;
    const wanted = depth < path.length ? 'table' : 'text';
    throw new CliError('cli/config', `${file}: \`${path.slice(0, depth).join('.')}\` is not a ${wanted}`, {
      next: 'Cargo refuses this too; mend the file first. Nothing was changed.',
    });
  }
}

/** The tables as they must read afterwards; made as the parser makes its own, so that the two compare. */
function withValue(table: TomlTable, path: readonly string[], value: string): TomlTable {
  const [first = '', ...rest] = path;
  const empty: TomlTable = Object.create(Object.getPrototypeOf(table));
  const inner = Object.hasOwn(table, first) && isTable(table[first]) ? table[first] : empty;
  return Object.assign(Object.create(Object.getPrototypeOf(table)), table, {
    [first]: rest.length === 0 ? value : withValue(inner, rest, value),
  });
}
