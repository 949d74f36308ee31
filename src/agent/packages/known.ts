import { type Purl, purlText } from '../../bom/purl.ts';
import { systemPurl } from '../../distribution/package.ts';
import type { HeldRoot } from '../place.ts';
import { type Owners, ownersOf, stampOfDatabases } from './owners.ts';

/** The package of a file, or why it is not known. */
export type Owned = { readonly purl: string } | { readonly why: string };

/** What a root's databases said: as long as they are the same, nobody is asked twice. */
type Answers = Map<string, Owned>;

/** Remembers whose files are, from look to look. */
export class PackageMemory {
  #known = new Map<string, Answers>();
  #used = new Map<string, Answers>();
  /** Stamps of the roots of this look. */
  readonly #stamps = new Map<string, string>();

  /** Asks the databases of a root about all paths of which nothing is known yet, at once. */
  learn({ key, root }: HeldRoot, paths: Iterable<string>): void {
    const answers = this.#answersOf({ key, root });
    const asked = [...new Set(paths)].filter((path) => !answers.has(path));
    if (asked.length === 0) return;
    const found = ownersOf(root, asked);
    for (const path of asked) answers.set(path, ownedBy(found, path));
  }

  of(root: HeldRoot, path: string): Owned {
    return this.#answersOf(root).get(path) ?? { why: 'nobody looked' };
  }

  /** A text that changes when the root's databases do. */
  stampOf({ key, root }: HeldRoot): string {
    const known = this.#stamps.get(key);
    if (known !== undefined) return known;
    const stamp = stampOfDatabases(root);
    this.#stamps.set(key, stamp);
    return stamp;
  }

  forgetUnused(): void {
    this.#known = this.#used;
    this.#used = new Map();
    this.#stamps.clear();
  }

  #answersOf(root: HeldRoot): Answers {
    const stamp = this.stampOf(root);
    const answers = this.#used.get(stamp) ?? this.#known.get(stamp) ?? new Map();
    this.#used.set(stamp, answers);
    return answers;
  }
}

function ownedBy({ distribution, owners, unread }: Owners, path: string): Owned {
  const owner = owners.get(path);
  if (owner === undefined)
    return {
      why:
        unread.length === 0
          ? 'no package of its root owns it'
          : `no package is known to own it (${unread.join('; ')})`,
    };
  if (distribution === undefined)
    return {
      why: `its root does not say which distribution it is of; it is from ${owner.name} ${owner.version}`,
    };
  return { purl: purlText(systemPurl(owner, distribution)) };
}

/** What a file says of itself (systemd: docs/ELF_PACKAGE_METADATA.md). Its name is the source package's. */
export function ownedByNote(json: string): Owned | undefined {
  const note = objectIn(json);
  const [type, os, osVersion, name, version, architecture] = [
    'type',
    'os',
    'osVersion',
    'name',
    'version',
    'architecture',
  ].map((field) => textIn(note?.[field]));
  if (os === undefined || name === undefined || version === undefined) return undefined;
  if (type !== 'deb' && type !== 'rpm' && type !== 'apk') return undefined;
  const whole = { name, version };
  const purl: Purl = systemPurl(
    { kind: type, name, version, architecture: architecture ?? 'unknown', source: whole },
    { id: os, version: osVersion },
  );
  return { purl: purlText(purl) };
}

function objectIn(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.+~:^-]{1,200}$/.test(value) ? value : undefined;
}
