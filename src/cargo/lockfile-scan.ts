import type { Position } from './error.ts';

/** The tables of a lockfile in the layout that cargo writes, and where each has its `name`. */
export interface ScannedLockfile {
  /** As written; `undefined` where no version is stated. */
  readonly version: string | undefined;
  readonly packages: readonly ScannedPackage[];
}

export interface ScannedPackage {
  readonly table: Readonly<Record<string, string | readonly string[]>>;
  readonly at: Position;
}

/**
 * Reads a lockfile line by line, many times faster than a TOML parser. It takes nothing but what cargo writes today:
 * `version`, then `[[package]]` tables of plain strings and one-to-a-line arrays. `undefined` for everything else,
 * which the TOML parser then reads, or refuses.
 */
export function scanLockfile(text: string): ScannedLockfile | undefined {
  const packages: ScannedPackage[] = [];
  let version: string | undefined;
  let table: Record<string, string | string[]> | undefined;
  let array: string[] | undefined;
  let nameLine = 0;
  let number = 0;
  const close = (): boolean => {
    if (table === undefined) return true;
    packages.push({ table, at: { line: nameLine, column: 1 } });
    return nameLine > 0;
  };
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    start = end + 1;
    number++;
    if (array !== undefined) {
      if (line === ']') array = undefined;
      else {
        const item = arrayItem.exec(line)?.[1];
        if (item === undefined) return undefined;
        array.push(item);
      }
      continue;
    }
    if (line === '' || (table === undefined && comment.test(line))) continue;
    if (line === '[[package]]') {
      if (!close()) return undefined;
      table = {};
      nameLine = 0;
      continue;
    }
    if (table === undefined) {
      const stated = versionLine.exec(line)?.[1];
      if (stated === undefined || version !== undefined) return undefined;
      version = stated;
      continue;
    }
    if (line === 'dependencies = [') {
      if (table.dependencies !== undefined) return undefined;
      array = [];
      table.dependencies = array;
      continue;
    }
    const [, key = '', value = ''] = stringLine.exec(line) ?? [];
    if (key === '' || table[key] !== undefined) return undefined;
    if (key === 'name') nameLine = number;
    table[key] = value;
  }
  return array === undefined && close() ? { version, packages } : undefined;
}

/** Strings without escapes and without control characters, most of which TOML does not take raw. */
const comment = /^#\P{Cc}*$/u;
const versionLine = /^version = (\d+)$/;
const stringLine = /^(name|version|source|checksum|replace) = "([^"\\\p{Cc}]*)"$/u;
const arrayItem = /^ "([^"\\\p{Cc}]*)",$/u;
