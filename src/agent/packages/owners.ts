import { lstatSync } from 'node:fs';
import { mergedNames } from '../../distribution/merged-usr.ts';
import { readOsRelease } from '../../distribution/os-release.ts';
import type { Distribution, SystemPackage } from '../../distribution/package.ts';
import type { Root } from '../root.ts';
import { apkAt } from './apk.ts';
import type { PackageDatabase } from './database.ts';
import { dpkg, statusFolder } from './dpkg.ts';
import { rpmAt } from './rpm.ts';

/** Who owns the files of a root. */
export interface Owners {
  readonly distribution: Distribution | undefined;
  /** By the path that was asked for; those of nobody are left out. */
  readonly owners: ReadonlyMap<string, SystemPackage>;
  /** Why more may be owned, a clause each. */
  readonly unread: readonly string[];
}

const databases: readonly PackageDatabase[] = [
  dpkg,
  statusFolder,
  apkAt('/usr/lib/apk/db/installed'),
  apkAt('/lib/apk/db/installed'),
  rpmAt('/usr/lib/sysimage/rpm/rpmdb.sqlite'),
  rpmAt('/var/lib/rpm/rpmdb.sqlite'),
];

/** Databases of packages that are not read, by the file that says of them. */
const others: readonly (readonly [path: string, what: string])[] = [
  ['/var/lib/rpm/Packages', 'rpm’s database is a Berkeley DB, as before rpm 4.16'],
  ['/usr/lib/sysimage/rpm/Packages.db', 'rpm’s database is an ndb'],
  ['/var/lib/rpm/Packages.db', 'rpm’s database is an ndb'],
  ['/var/lib/pacman/local', 'pacman’s database is not read'],
];

/** Bytes of a text that names a distribution. */
const maxRelease = 64 * 1024;

/** Which distribution a root is of (os-release(5)). */
export function distributionOf(root: Root): Distribution | undefined {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const text = quietly(() => root.text(path, maxRelease));
    const found = text === undefined ? undefined : readOsRelease(text);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Looks for the owners of some paths, under both names of a merged `/usr`. What cannot be read is said, and never throws. */
export function ownersOf(root: Root, paths: readonly string[]): Owners {
  const owners = new Map<string, SystemPackage>();
  const unread: string[] = [];
  for (const database of databases) {
    const left = paths.filter((path) => !owners.has(path));
    if (left.length === 0) break;
    if (stampOf(root, database.path) === undefined) continue;
    try {
      const found = database.ownersOf(root, new Set(left.flatMap(mergedNames)));
      for (const path of left) {
        const owner = mergedNames(path)
          .map((name) => found.get(name))
          .find((one) => one !== undefined);
        if (owner !== undefined) owners.set(path, owner);
      }
    } catch (error) {
      unread.push(`${database.path}: ${(error as Error).message.slice(0, 200)}`);
    }
  }
  const unknown = others.flatMap(([path, what]) => (stampOf(root, path) === undefined ? [] : [what]));
  return { distribution: distributionOf(root), owners, unread: [...unread, ...unknown] };
}

/** A text that is another one when a database of the root is: by their change times. */
export function stampOfDatabases(root: Root): string {
  return [
    ...databases.flatMap(({ path }) => [path, `${path}-wal`]),
    '/var/lib/dpkg/diversions',
    '/etc/os-release',
  ]
    .map((path) => stampOf(root, path) ?? '-')
    .join(' ');
}

function stampOf(root: Root, path: string): string | undefined {
  return quietly(() => {
    const real = root.realOf(path);
    const stats =
      real === undefined ? undefined : lstatSync(root.at(real), { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? undefined : `${stats.dev}:${stats.ino}:${stats.ctimeNs}:${stats.size}`;
  });
}

function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    // What cannot be looked at is as if it were not there; reading it says why.
    return undefined;
  }
}
