import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of the file; what is larger was not written here. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Packages of builds that were seen, kept in a folder: who is started anew, as with an upgrade of itself, still knows
 * what was loaded before. Only text pairs count; what cannot be read is as if it were not there.
 */
export class BuildsFile {
  readonly #path: string;
  #written = '';

  constructor(folder: string) {
    this.#path = join(folder, 'builds');
  }

  read(): readonly (readonly [build: string, purl: string])[] {
    try {
      const text = readFileSync(this.#path, 'utf8');
      if (text.length > maxBytes) return [];
      const value: unknown = JSON.parse(text);
      if (!Array.isArray(value)) return [];
      return value.filter(
        (one): one is [string, string] =>
          Array.isArray(one) &&
          one.length === 2 &&
          one.every((part) => typeof part === 'string' && part.length < 2000),
      );
    } catch {
      return [];
    }
  }

  /** Writes what is otherwise than at the last time, whole or not at all. Throws what the system says. */
  write(builds: ReadonlyMap<string, string>): void {
    const text = JSON.stringify([...builds]);
    if (text === this.#written) return;
    writeFileSync(`${this.#path}.half`, text, { mode: 0o600 });
    renameSync(`${this.#path}.half`, this.#path);
    this.#written = text;
  }
}
