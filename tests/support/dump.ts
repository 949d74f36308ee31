/**
 * A registry's daily database dump of our own making, in the layout of the real one: a folder named by its time with
 * `metadata.json` and `data/*.csv`, as PostgreSQL's `COPY … WITH CSV HEADER` writes them, columns in alphabetical order,
 * tables so that what is referred to comes first.
 */
import { tarGz } from './tar.ts';

export type DumpField = string | number | boolean | null;

/** Rows by table; columns by name. */
export type DumpRows = Readonly<Record<string, readonly Readonly<Record<string, DumpField>>[]>>;

export interface DumpOptions {
  readonly takenAt?: string;
  /** Tables to leave out. */
  readonly without?: readonly string[];
  /** Text of a file to put in the place of the right one, by table. */
  readonly instead?: Readonly<Record<string, string>>;
}

/** The columns of each table, in the dump's order of tables. */
const columns: Readonly<Record<string, readonly string[]>> = {
  crate_downloads: ['crate_id', 'downloads'],
  crates: [
    ...['created_at', 'description', 'documentation', 'homepage', 'id', 'max_features', 'max_upload_size'],
    ...['name', 'readme', 'repository', 'trustpub_only', 'updated_at'],
  ],
  reserved_crate_names: ['name'],
  teams: ['avatar', 'github_id', 'id', 'login', 'name', 'org_id'],
  users: ['gh_avatar', 'gh_id', 'gh_login', 'id', 'name'],
  crate_owners: ['crate_id', 'created_at', 'created_by', 'owner_id', 'owner_kind'],
  deleted_crates: ['available_at', 'created_at', 'deleted_at', 'deleted_by', 'id', 'message', 'name'],
  versions: [
    ...[
      'bin_names',
      'categories',
      'crate_id',
      'crate_size',
      'created_at',
      'description',
      'downloads',
      'edition',
    ],
    ...['features', 'has_lib', 'id', 'keywords', 'license', 'links', 'num', 'num_no_build', 'published_by'],
    ...['rust_version', 'tar_sha256', 'updated_at', 'yanked'],
  ],
  default_versions: ['crate_id', 'num_versions', 'version_id'],
  dependencies: [
    ...[
      'crate_id',
      'default_features',
      'explicit_name',
      'features',
      'id',
      'kind',
      'optional',
      'req',
      'target',
    ],
    'version_id',
  ],
  version_downloads: ['date', 'downloads', 'version_id'],
};

/** The bytes of a `db-dump.tar.gz`. */
export function dumpArchive(rows: DumpRows, options: DumpOptions = {}): Buffer {
  const { takenAt = '2026-08-20T02:00:16.123456789Z', without = [], instead = {} } = options;
  const folder = takenAt.slice(0, 19).replace('T', '-').replaceAll(':', '');
  const metadata = { timestamp: takenAt, crates_io_commit: '3e0da33c4c83de79c267070dcd98749d879a56f9' };
  return tarGz([
    { path: `${folder}/`, type: 'directory' },
    { path: `${folder}/README.md`, content: '# Database dump\n' },
    { path: `${folder}/metadata.json`, content: JSON.stringify(metadata, null, 2) },
    { path: `${folder}/data/`, type: 'directory' },
    ...Object.entries(columns)
      .filter(([table]) => !without.includes(table))
      .map(([table, names]) => ({
        path: `${folder}/data/${table}.csv`,
        content: instead[table] ?? dumpCsv(names, rows[table] ?? []),
      })),
  ]);
}

/** CSV as PostgreSQL writes it: NULL is nothing, an empty text is `""`. */
export function dumpCsv(
  names: readonly string[],
  rows: readonly Readonly<Record<string, DumpField>>[],
): string {
  const lines = rows.map((row) => names.map((name) => field(row[name] ?? null)).join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

function field(value: DumpField): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'number') return String(value);
  return value === '' || /[",\r\n]/.test(value) || value === '\\.'
    ? `"${value.replaceAll('"', '""')}"`
    : value;
}

/** A small world: `arrayref` of one person, `serde` of a team and two, `fresh` of a newcomer. */
export function smallDump(): DumpRows {
  const at = (day: string) => `${day} 06:17:14.147783+00`;
  const version = (
    id: number,
    crate: number,
    num: string,
    day: string,
    by: number | null,
    yanked = false,
  ) => ({
    ...{ id, crate_id: crate, num, num_no_build: num, created_at: at(day), updated_at: at(day) },
    ...{ downloads: id * 10, yanked, license: 'MIT OR Apache-2.0', published_by: by, features: '{}' },
    ...{ tar_sha256: id.toString(16).padStart(64, '0'), crate_size: 1000, bin_names: '{}' },
    description: `Says "hello", twice\nand ends`,
  });
  const crate = (id: number, name: string, day: string, trustpub = false) => ({
    ...{ id, name, created_at: at(day), updated_at: at('2026-08-01'), trustpub_only: trustpub },
    readme: '# A readme\n\nwith "quotes", commas,\r\nand lines',
  });
  return {
    crates: [
      crate(1, 'serde', '2014-12-05', true),
      crate(2, 'arrayref', '2015-03-10'),
      crate(3, 'Fresh_Crate', '2026-08-18'),
    ],
    crate_downloads: [
      { crate_id: 1, downloads: 900_000_000 },
      { crate_id: 2, downloads: 120_000_000 },
      { crate_id: 3, downloads: 12 },
    ],
    versions: [
      version(10, 1, '1.0.0', '2017-04-20', 101),
      version(11, 1, '1.0.200', '2026-07-01', null),
      version(20, 2, '0.3.9', '2024-08-01', 102),
      version(21, 2, '0.3.10', '2026-08-19', 103),
      version(22, 2, '0.3.8', '2023-08-01', 102, true),
      version(30, 3, '0.1.0', '2026-08-18', 103),
    ],
    default_versions: [
      { crate_id: 1, version_id: 11, num_versions: 2 },
      { crate_id: 2, version_id: 21, num_versions: 3 },
      { crate_id: 3, version_id: 30, num_versions: 1 },
    ],
    dependencies: [
      { id: 1, version_id: 30, crate_id: 1, kind: 0, req: '^1', features: '{}', optional: false },
      { id: 2, version_id: 30, crate_id: 1, kind: 0, req: '^1', features: '{}', target: 'cfg(unix)' },
      { id: 3, version_id: 21, crate_id: 1, kind: 2, req: '^1', features: '{}' },
      { id: 4, version_id: 20, crate_id: 1, kind: 0, req: '^1', features: '{}' },
    ],
    version_downloads: [
      { version_id: 20, downloads: 100, date: '2026-08-18' },
      { version_id: 21, downloads: 20, date: '2026-08-19' },
      { version_id: 20, downloads: 3, date: '2026-08-19' },
      { version_id: 30, downloads: 12, date: '2026-08-19' },
    ],
    users: [
      { id: 101, gh_login: 'dtolnay', name: 'David', gh_id: 1, gh_avatar: 'a' },
      { id: 102, gh_login: 'droundy', name: null, gh_id: 2 },
      { id: 103, gh_login: 'newcomer', name: '', gh_id: 3 },
    ],
    teams: [{ id: 7, login: 'github:serde-rs:publish', name: 'publish', github_id: 4, org_id: 5 }],
    crate_owners: [
      { crate_id: 1, owner_id: 101, owner_kind: 0, created_at: at('2016-01-01'), created_by: null },
      { crate_id: 1, owner_id: 7, owner_kind: 1, created_at: at('2017-01-01'), created_by: 101 },
      { crate_id: 2, owner_id: 102, owner_kind: 0, created_at: at('2015-03-10'), created_by: 102 },
      { crate_id: 2, owner_id: 103, owner_kind: 0, created_at: at('2026-08-17'), created_by: 102 },
      { crate_id: 3, owner_id: 103, owner_kind: 0, created_at: at('2026-08-18'), created_by: 103 },
    ],
    deleted_crates: [
      {
        ...{ id: 1, name: 'faster_log', created_at: at('2025-05-25'), deleted_at: at('2025-09-24') },
        ...{ message: 'malicious', deleted_by: null, available_at: at('2025-09-24') },
      },
    ],
    reserved_crate_names: [{ name: 'std' }, { name: 'core' }],
  };
}
