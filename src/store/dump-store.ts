import type { DumpLoader, DumpReader } from '../facts/dump/port.ts';
import type { Dialect } from './dialect/dialect.ts';
import { SqlDumpReader } from './dump-reader.ts';
import { SqlDumpLoader, type Transact } from './dump-writer.ts';

/** Registries' database dumps, as the store keeps them. */
export type DumpStore = DumpReader & DumpLoader;

/** The dumps of a database. */
export function sqlDumps(dialect: Dialect, transact: Transact): DumpStore {
  const loader = new SqlDumpLoader(dialect, transact);
  return Object.assign(new SqlDumpReader(dialect.reader), {
    begin: (registry: string, now: number) => loader.begin(registry, now),
    forget: (registry: string) => loader.forget(registry),
  });
}
