import type { CsvColumns, CsvRow } from './csv.ts';
import { Fields } from './fields.ts';
import type { DumpUse } from './records.ts';

/** A file whose rows are not kept but counted. */
export interface FileCounting extends CsvColumns {
  readonly count: (row: CsvRow) => void;
}

/**
 * Counts what several files say of the use of crates. Takes a few numbers for every crate and version, however many
 * rows the files have (downloads have one a day and version).
 */
export class Tally {
  readonly #downloads = new Numbers();
  readonly #recent = new Numbers();
  readonly #crateOf = new Numbers();
  readonly #defaultOf = new Numbers();
  /** A version is the default of some crate: 1. */
  readonly #isDefault = new Numbers();
  readonly #dependencies: number[] = [];
  #hasRecent = false;
  #knowsDefaults = false;
  #hasDependents = false;

  /** The files to count, by name. */
  readonly files: ReadonlyMap<string, FileCounting> = new Map([
    counting('crate_downloads.csv', ['crate_id', 'downloads'], (is, [crate, downloads]) => {
      this.#downloads.set(is.id(crate, 'crate_id'), is.count(downloads, 'downloads'));
    }),
    counting('version_downloads.csv', ['version_id', 'downloads'], (is, [version, downloads]) => {
      this.#hasRecent = true;
      this.#recent.add(is.id(version, 'version_id'), is.count(downloads, 'downloads'));
    }),
    counting('default_versions.csv', ['crate_id', 'version_id'], (is, [crate, version]) => {
      this.#knowsDefaults = true;
      const id = is.id(version, 'version_id');
      this.#defaultOf.set(is.id(crate, 'crate_id'), id);
      this.#isDefault.set(id, 1);
    }),
    counting('dependencies.csv', ['version_id', 'crate_id', 'kind'], (is, [version, crate, kind]) => {
      // The dump puts default versions first; were it otherwise, dependents would stay unknown.
      if (!this.#knowsDefaults) return;
      this.#hasDependents = true;
      const id = is.id(version, 'version_id');
      if (kind !== '2' && this.#isDefault.get(id) === 1)
        this.#dependencies.push(is.id(crate, 'crate_id') * 2 ** 26 + id);
    }),
  ]);

  /** Tells of a version, so that its downloads count for its crate. */
  addVersion(id: number, crateId: number): void {
    this.#crateOf.set(id, crateId);
  }

  /** The use of every crate of which anything was told. */
  *uses(crateIds: Iterable<number>): Generator<DumpUse> {
    const recent = new Numbers();
    for (const [version, downloads] of this.#recent.entries())
      recent.add(this.#crateOf.get(version), downloads);
    const dependents = countDependents(this.#dependencies);
    for (const crateId of crateIds) {
      yield {
        crateId,
        downloads: this.#downloads.get(crateId),
        recentDownloads: this.#hasRecent ? recent.get(crateId) : null,
        dependents: this.#hasDependents ? dependents.get(crateId) : null,
        defaultVersion: this.#defaultOf.get(crateId) || null,
      };
    }
  }
}

function countDependents(pairs: readonly number[]): Numbers {
  const sorted = Float64Array.from(pairs).sort();
  const dependents = new Numbers();
  let before = -1;
  for (const pair of sorted) {
    // A version may depend on a crate several times, for several targets.
    if (pair !== before) dependents.add(Math.floor(pair / 2 ** 26), 1);
    before = pair;
  }
  return dependents;
}

/** Numbers by id, 0 where none was set; ids are dense. */
class Numbers {
  #values = new Float64Array(1024);

  get(id: number): number {
    return this.#values[id] ?? 0;
  }

  set(id: number, value: number): void {
    if (id >= this.#values.length) {
      const larger = new Float64Array(Math.max(id + 1, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[id] = value;
  }

  add(id: number, value: number): void {
    this.set(id, this.get(id) + value);
  }

  *entries(): Generator<readonly [number, number]> {
    for (const [id, value] of this.#values.entries()) if (value !== 0) yield [id, value];
  }
}

function counting(
  name: string,
  required: readonly string[],
  count: (is: Fields, row: CsvRow) => void,
): readonly [string, FileCounting] {
  const is = new Fields(name);
  return [name, { required, optional: [], count: (row) => count(is, row) }];
}
