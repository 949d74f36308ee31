import { parse, TomlError } from 'smol-toml';
import { CargoError, type Position } from '../error.ts';
import { conflictMarker } from '../lockfile-spans.ts';
import { locateKey } from '../toml-span.ts';

/** The keys that lead to a value of a TOML text. */
export type KeyPath = readonly (string | number)[];

/** A table of a manifest, which knows where it stands: the readers below throw with the line of what is wrong. */
export class Table {
  readonly text: string;
  readonly path: KeyPath;
  readonly values: Readonly<Record<string, unknown>>;

  constructor(text: string, path: KeyPath, values: Readonly<Record<string, unknown>>) {
    this.text = text;
    this.path = path;
    this.values = values;
  }

  get(key: string): unknown {
    return Object.hasOwn(this.values, key) ? this.values[key] : undefined;
  }

  /** The value under the first of several spellings that is there. */
  either(...keys: readonly string[]): readonly [key: string, value: unknown] {
    const key = keys.find((candidate) => this.get(candidate) !== undefined) ?? keys[0] ?? '';
    return [key, this.get(key)];
  }

  keys(): readonly string[] {
    return Object.keys(this.values);
  }

  table(key: string): Table | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : this.asTable(key, value);
  }

  asTable(key: string, value: unknown): Table {
    if (!isTable(value)) throw this.refused(key, 'is not a table');
    return new Table(this.text, [...this.path, key], value);
  }

  /** An array of tables. */
  tables(key: string): readonly Table[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.refused(key, 'is not an array');
    return value.map((item: unknown, i) => {
      if (!isTable(item)) throw this.refused(key, 'is not an array of tables');
      return new Table(this.text, [...this.path, key, i], item);
    });
  }

  string(key: string): string | undefined {
    const value = this.get(key);
    if (value !== undefined && typeof value !== 'string') throw this.refused(key, 'is not a string');
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.get(key);
    if (value !== undefined && typeof value !== 'boolean') throw this.refused(key, 'is not true or false');
    return value;
  }

  strings(key: string): readonly string[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      throw this.refused(key, 'is not an array of strings');
    }
    return value;
  }

  /** An error about a key, at its line. */
  refused(key: string, reason: string): CargoError {
    return this.error([...this.path, key], `\`${[...this.path, key].join('.')}\` ${reason}`);
  }

  error(path: KeyPath, message: string): CargoError {
    return new CargoError('cargo/manifest', message, positionOf(this.text, path));
  }
}

/** The whole of a manifest. Throws `CargoError('cargo/manifest')` for what is no TOML, merge conflicts told as such. */
export function rootTable(text: string): Table {
  try {
    return new Table(text, [], parse(text, { integersAsBigInt: true }));
  } catch (cause) {
    const marker = conflictMarker(text);
    if (marker !== undefined) {
      throw new CargoError('cargo/manifest', 'the manifest has a merge conflict', marker, cause);
    }
    const at = cause instanceof TomlError ? { line: cause.line, column: cause.column } : top;
    const reason = cause instanceof TomlError ? (cause.message.split('\n')[0] ?? '') : 'it is not TOML';
    throw new CargoError('cargo/manifest', `the manifest was not understood: ${reason}`, at, cause);
  }
}

/** Where a key is set; the first line where the layout hides it. */
export function positionOf(text: string, path: KeyPath): Position {
  const place = locateKey(text, path);
  return place.line === 0 ? top : place;
}

const top: Position = { line: 1, column: 1 };

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) !== Date.prototype
  );
}
