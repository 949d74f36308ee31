/** What the scriptable upstream has published: index lines, byte for byte, and archives. */
import type { Crate, IndexDependency, IndexEntry } from './crate.ts';

export type PublishOptions = {
  /** `null` leaves the field out, as some mirrors do. Default: what the crate's index entry says. */
  readonly pubtime?: string | null;
  /** Fields added to the index line, or replacing those there. */
  readonly lineExtra?: Readonly<Record<string, unknown>>;
  /** The whole index line, verbatim, without its newline. */
  readonly rawLine?: string;
  /** `python` writes `", "` and `": "` and escapes beyond ASCII, as mirrors written in it do. */
  readonly spacing?: 'compact' | 'python';
};

export type Release = {
  readonly crate: Crate;
  readonly spacing: 'compact' | 'python';
  entry: IndexEntry;
  /** Set when the line was given verbatim. */
  rawLine: string | undefined;
  /** What a download gives: the crate's bytes, or a lie. */
  bytes: Buffer;
};

type Item = { readonly name: string; releases: Release[]; raw: Buffer | null; changes: number };

/** Every change is a second later than the one before: the shelf's own time, for Last-Modified. */
const FIRST_CHANGE = Date.parse('2026-01-01T00:00:00Z');

export class Shelf {
  /** By lower-case name, as index paths are. */
  readonly #items = new Map<string, Item>();
  #changes = 0;

  publish(crate: Crate, options: PublishOptions): Release {
    const item = this.#items.get(key(crate.name)) ?? {
      name: crate.name,
      releases: [],
      raw: null,
      changes: 0,
    };
    if (item.releases.some((release) => release.crate.version === crate.version))
      throw new Error(`${crate.name} ${crate.version} is already published`);
    const entry: IndexEntry = { ...crate.indexEntry };
    if (options.pubtime === null) delete entry.pubtime;
    else if (options.pubtime !== undefined) entry.pubtime = options.pubtime;
    const release: Release = {
      crate,
      spacing: options.spacing ?? 'compact',
      entry: Object.assign(entry, options.lineExtra),
      rawLine: options.rawLine,
      bytes: crate.bytes,
    };
    item.releases.push(release);
    this.#items.set(key(crate.name), item);
    this.#touch(item);
    return release;
  }

  yank(name: string, version: string, yanked: boolean): void {
    const release = this.#change(name, version);
    release.entry = { ...release.entry, yanked };
    release.rawLine = release.rawLine?.replace(/("yanked"\s*:\s*)(true|false)/, `$1${yanked}`);
  }

  alter(name: string, version: string, change: { cksum?: string; deps?: IndexDependency[] }): Release {
    const release = this.#change(name, version);
    if (release.rawLine !== undefined) throw new Error(`${name} ${version} has a verbatim line`);
    release.entry = { ...release.entry, ...change };
    return release;
  }

  lie(name: string, version: string, bytes: Buffer): void {
    this.#change(name, version).bytes = bytes;
  }

  deleteRelease(name: string, version: string): void {
    const gone = this.#change(name, version);
    const item = this.#item(name);
    item.releases = item.releases.filter((release) => release !== gone);
  }

  deleteCrate(name: string): void {
    const item = this.#item(name);
    item.releases = [];
    item.raw = null;
    this.#touch(item);
  }

  setRaw(name: string, raw: Buffer | null): void {
    const item = this.#items.get(key(name)) ?? { name, releases: [], raw: null, changes: 0 };
    item.raw = raw;
    this.#items.set(key(name), item);
    this.#touch(item);
  }

  /** The index file, byte for byte; `undefined` where the upstream would say 404. */
  lines(name: string): Buffer | undefined {
    const item = this.#items.get(key(name));
    if (item === undefined || item.raw !== null) return item?.raw ?? undefined;
    if (item.releases.length === 0) return undefined;
    return Buffer.from(item.releases.map((release) => `${lineOf(release)}\n`).join(''));
  }

  /** Whether this very release is still there; a lie, a yank or a new checksum leaves it so. */
  has(release: Release): boolean {
    return this.#items.get(key(release.crate.name))?.releases.includes(release) ?? false;
  }

  changedAt(name: string): Date {
    return new Date(FIRST_CHANGE + 1000 * (this.#items.get(key(name))?.changes ?? 0));
  }

  /** Crates with at least one release, by name. */
  all(): { name: string; releases: readonly Release[] }[] {
    return [...this.#items.values()]
      .filter((item) => item.releases.length > 0)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #item(name: string): Item {
    const item = this.#items.get(key(name));
    if (item === undefined) throw new Error(`the upstream has no crate ${name}`);
    return item;
  }

  #change(name: string, version: string): Release {
    const item = this.#item(name);
    const release = item.releases.find((each) => each.crate.version === version);
    if (release === undefined) throw new Error(`the upstream has no release ${name} ${version}`);
    this.#touch(item);
    return release;
  }

  #touch(item: Item): void {
    this.#changes += 1;
    item.changes = this.#changes;
  }
}

/** `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd` without the last part: cargo's folder for a crate. */
export function prefixOf(name: string): string {
  if (name.length <= 2) return String(name.length);
  return name.length === 3 ? `3/${name[0]}` : `${name.slice(0, 2)}/${name.slice(2, 4)}`;
}

function key(name: string): string {
  return name.toLowerCase();
}

function lineOf(release: Release): string {
  if (release.rawLine !== undefined) return release.rawLine;
  return release.spacing === 'python' ? python(release.entry) : JSON.stringify(release.entry);
}

/** JSON as Python's `json.dumps` writes it. */
function python(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${python(name)}: ${python(member)}`).join(', ')}}`;
  }
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
