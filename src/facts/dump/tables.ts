import type { CsvColumns, CsvRow } from './csv.ts';
import { Fields } from './fields.ts';
import type { DumpRecords, DumpTable } from './records.ts';

/** How the rows of one file of the dump become records. */
export interface FileReading<Table extends DumpTable> extends CsvColumns {
  readonly table: Table;
  readonly read: (row: CsvRow) => DumpRecords[Table];
}

/** The files whose rows are kept, by name. Their columns are those of the registry's `dump-db.toml`. */
export const keptFiles: ReadonlyMap<string, FileReading<DumpTable>> = new Map([
  file('crates.csv', 'crates', {
    required: ['id', 'name', 'created_at', 'updated_at'],
    optional: ['trustpub_only'],
    read: (is, [id, name, created, updated, trustpubOnly]) => ({
      id: is.id(id, 'id'),
      key: is.key(name, 'name'),
      name: is.text(name, 'name'),
      createdAt: is.time(created, 'created_at'),
      updatedAt: is.time(updated, 'updated_at'),
      trustpubOnly: is.optionalFlag(trustpubOnly, 'trustpub_only'),
    }),
  }),
  file('versions.csv', 'versions', {
    required: ['id', 'crate_id', 'num', 'created_at', 'downloads', 'yanked', 'published_by'],
    // The checksum's column was renamed.
    optional: ['license', ['tar_sha256', 'checksum']],
    read: (is, [id, crate, num, created, downloads, yanked, publisher, license, checksum]) => ({
      id: is.id(id, 'id'),
      crateId: is.id(crate, 'crate_id'),
      num: is.text(num, 'num'),
      createdAt: is.time(created, 'created_at'),
      downloads: is.count(downloads, 'downloads'),
      yanked: is.flag(yanked, 'yanked'),
      license: is.optionalText(license),
      checksum: is.checksum(checksum),
      publishedBy: is.optionalId(publisher, 'published_by'),
    }),
  }),
  file('crate_owners.csv', 'owners', {
    required: ['crate_id', 'owner_id', 'owner_kind', 'created_at'],
    optional: ['created_by'],
    read: (is, [crate, owner, kind, created, by]) => ({
      crateId: is.id(crate, 'crate_id'),
      ownerId: is.id(owner, 'owner_id'),
      kind: is.count(kind, 'owner_kind') === 1 ? 'team' : 'user',
      createdAt: is.time(created, 'created_at'),
      createdBy: is.optionalId(by, 'created_by'),
    }),
  }),
  file('users.csv', 'users', {
    required: ['id', ['gh_login', 'username', 'login']],
    optional: ['name', 'created_at'],
    read: (is, [id, login, name, created]) => ({
      id: is.id(id, 'id'),
      login: is.text(login, 'gh_login'),
      name: is.optionalText(name),
      createdAt: is.optionalTime(created, 'created_at'),
    }),
  }),
  file('teams.csv', 'teams', {
    required: ['id', 'login'],
    optional: ['name'],
    read: (is, [id, login, name]) => ({
      id: is.id(id, 'id'),
      login: is.text(login, 'login'),
      name: is.optionalText(name),
    }),
  }),
  file('deleted_crates.csv', 'deleted', {
    required: ['id', 'name', 'created_at', 'deleted_at'],
    optional: ['message'],
    read: (is, [id, name, created, deleted, message]) => ({
      id: is.id(id, 'id'),
      key: is.key(name, 'name'),
      name: is.text(name, 'name'),
      createdAt: is.time(created, 'created_at'),
      deletedAt: is.time(deleted, 'deleted_at'),
      message: is.optionalText(message),
    }),
  }),
  file('reserved_crate_names.csv', 'reserved', {
    required: ['name'],
    optional: [],
    read: (is, [name]) => ({ key: is.key(name, 'name'), name: is.text(name, 'name') }),
  }),
]);

function file<Table extends DumpTable>(
  name: string,
  table: Table,
  reading: CsvColumns & { readonly read: (is: Fields, row: CsvRow) => DumpRecords[Table] },
): [string, FileReading<DumpTable>] {
  const is = new Fields(name);
  return [name, { ...reading, table, read: (row) => reading.read(is, row) }];
}
