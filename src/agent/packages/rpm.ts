import { closeSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { SQLOutputValue } from 'node:sqlite';
import type { SystemPackage } from '../../distribution/package.ts';
import { type RpmPackage, readRpmHeader } from '../../distribution/rpm.ts';
import { type Root, TooLarge } from '../root.ts';
import type { PackageDatabase } from './database.ts';

/** Bytes of the database and of a package's header; packages that own a file of one name. */
const most = { database: 1024 * 1024 * 1024, header: 32 * 1024 * 1024, owners: 64 };

/** rpm's database where it is SQLite (rpm 4.16 and later; lib/backend/sqlite.c). */
export function rpmAt(path: string): PackageDatabase {
  return {
    path,
    ownersOf: (root, paths) => {
      const folder = mkdtempSync(join(tmpdir(), 'safeguard-rpm-'));
      try {
        // A copy: the other one is written to while it is read, and SQLite would put files beside it.
        const copy = join(folder, 'rpmdb.sqlite');
        if (!copied(root, path, copy)) return new Map();
        copied(root, `${path}-wal`, `${copy}-wal`);
        return ownersIn(copy, paths);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function copied(root: Root, path: string, to: string): boolean {
  const file = root.open(path);
  if (file === undefined) return false;
  try {
    if (file.size > most.database) throw new TooLarge(path);
    copyFileSync(`/proc/self/fd/${file.descriptor}`, to);
    return true;
  } finally {
    closeSync(file.descriptor);
  }
}

/** The two tables as rpm makes them. Anything else could run whatever its expressions say. */
const tables: Readonly<Record<string, RegExp>> = {
  Packages:
    /^CREATE TABLE '?Packages'? ?\(\s*hnum INTEGER PRIMARY KEY( AUTOINCREMENT)?,\s*blob BLOB NOT NULL\s*\)$/i,
  Basenames:
    /^CREATE TABLE '?Basenames'? ?\(\s*key '?TEXT'? NOT NULL,\s*hnum INTEGER NOT NULL,\s*idx INTEGER NOT NULL,\s*FOREIGN KEY \(hnum\) REFERENCES '?Packages'?\(hnum\)\s*\)$/i,
};

function ownersIn(file: string, paths: ReadonlySet<string>): ReadonlyMap<string, SystemPackage> {
  // Most hosts have no such database, and need no SQLite.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(file, { allowExtension: false, enableForeignKeyConstraints: false });
  try {
    database.exec('pragma trusted_schema = off; pragma cell_size_check = on; pragma query_only = on');
    const schema = database.prepare("select sql from sqlite_master where type = 'table' and name = ?");
    for (const [name, shape] of Object.entries(tables))
      if (!shape.test(String(schema.get(name)?.sql ?? '')))
        throw new Error(`it has no table ${name} as rpm makes it`);
    const named = database.prepare('select hnum, idx from Basenames where key = ? limit ?');
    const header = database.prepare('select blob from Packages where hnum = ? and length(blob) <= ?');
    // Of one package there may be many files.
    const read = new Map<unknown, RpmPackage | undefined>();
    const headerOf = (hnum: SQLOutputValue | undefined) => {
      if (read.has(hnum)) return read.get(hnum);
      const blob = header.get(hnum ?? null, most.header)?.blob;
      const pkg = blob instanceof Uint8Array ? readRpmHeader(blob) : undefined;
      read.set(hnum, pkg);
      return pkg;
    };
    const found = new Map<string, SystemPackage>();
    for (const path of paths)
      for (const { hnum, idx } of named.all(basename(path), most.owners)) {
        const pkg = headerOf(hnum);
        if (pkg?.fileAt(Number(idx)) === path) found.set(path, pkg.package);
      }
    return found;
  } finally {
    database.close();
  }
}
