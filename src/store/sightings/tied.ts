import { type Kysely, type RawBuilder, type SqlBool, sql, type Transaction } from 'kysely';
import type { Among, Dialect } from '../dialect/dialect.ts';
import { packNumbers, visitNumbers } from '../inventory/packed.ts';
import { bitsOf } from '../inventory/set-index.ts';
import type { HostFilter } from '../inventory/store.ts';
import { encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { onHosts } from './host-filter.ts';
import { isAtRest, isNoArtefact } from './installed-at.ts';
import { type TiedRecord, tied } from './tables.ts';

// Which artefacts each host runs, in how many processes, and which it has installed that no process of it runs: a
// packed row a host, tied as soon as either side is there. To find where twenty thousand artefacts run is to look
// through the rows of all hosts, some hundred bytes each: a join of both takes ten times as long.

/** What is looked for: sets of components, or artefacts, by id; of what runs, or of what is installed. */
export type Tie = 'sets' | 'artefacts' | 'installed_sets' | 'installed_artefacts';

/**
 * A binary that a host runs: how often, and the ids that it is tied to: several where only its build is known. Of what
 * is installed a program, once.
 */
interface Entry {
  readonly times: number;
  readonly ids: readonly number[];
}

/** On how many hosts something of what is wanted runs, or is installed, and in how many processes, or as how many programs. */
export async function countTied(
  db: Kysely<Tables>,
  by: Tie,
  wanted: readonly number[],
  on: HostFilter | undefined,
): Promise<{ readonly hosts: number; readonly times: number }> {
  const asked = bitsOf(wanted);
  const { rows } = await sql<{ list: string }>`
    select ${sql.ref(by)} as list from tied where ${onHosts(sql.ref('host_id'), on)}`.execute(db);
  let hosts = 0;
  let times = 0;
  for (const { list } of rows) {
    const found = timesIn(list, (id) => asked[id] === 1);
    if (found === 0) continue;
    hosts++;
    times += found;
  }
  return { hosts, times };
}

/** Ids of the hosts that run, or have installed, something made of one of some sets. */
export async function hostsTied(
  db: Kysely<Tables>,
  by: 'sets' | 'installed_sets',
  sets: readonly number[],
): Promise<readonly number[]> {
  const asked = bitsOf(sets);
  const { rows } = await sql<{ host_id: number; list: string }>`
    select host_id, ${sql.ref(by)} as list from tied where ${sql.ref(by)} <> ''`.execute(db);
  return rows.flatMap((row) => (timesIn(row.list, (id) => asked[id] === 1) > 0 ? [row.host_id] : []));
}

/** Of some sets those of which some hosts run something, or have it installed. */
export async function setsTied(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
  by: 'sets' | 'installed_sets',
  sets: ReadonlyMap<number, unknown>,
): Promise<readonly number[]> {
  const { rows } = await sql<{ list: string }>`
    select ${sql.ref(by)} as list from tied where ${among(sql.ref('host_id'), hostIds)}`.execute(db);
  const found = new Set<number>();
  for (const row of rows)
    timesIn(row.list, (id) => {
      if (sets.has(id)) found.add(id);
      // Of several that one may be, each is looked at.
      return false;
    });
  return [...found];
}

/** Ties what some hosts run and have installed to the artefacts that are there, anew. */
export async function tieHosts(
  dialect: Dialect,
  tx: Transaction<Tables>,
  hostIds: readonly number[],
): Promise<void> {
  if (hostIds.length === 0) return;
  const runs = await tiesOf(tx, hostIds, dialect.among(sql`r.host_id`, hostIds));
  const installed = await installedTiesOf(tx, hostIds, (column) => dialect.among(column, hostIds));
  const encoded = runs.map((one, i) =>
    encodeRow(tied, {
      ...one,
      installedSets: installed[i]?.sets ?? '',
      installedArtefacts: installed[i]?.artefacts ?? '',
    }),
  );
  await dialect.load(tx, tied, encoded, { replace: true });
}

/** Packed ids of a host. */
export type HostTies = Pick<TiedRecord, 'hostId' | 'sets' | 'artefacts'>;

/** What some hosts run of the artefacts that are there, in the order of the hosts. */
export async function tiesOf(
  db: Kysely<Tables>,
  hostIds: readonly number[],
  areMeant: RawBuilder<SqlBool>,
): Promise<readonly HostTies[]> {
  const columns = sql`r.host_id, r.digest as what, r.processes as times, a.id, a.set_id`;
  const { rows } = await sql<TieRow>`
    select ${columns} from running r join artefacts a on a.digest = r.digest where ${areMeant}
    union all
    select ${columns} from running r join artefacts a on a.build_id = r.build_id where ${areMeant}
      and not exists (select 1 from artefacts k where k.digest = r.digest)`.execute(db);
  return packed(hostIds, rows);
}

/**
 * What some hosts have installed of the artefacts that are there, and do not run: each program once, whatever names it.
 * `areTheirs`: whether a column names one of them.
 */
export async function installedTiesOf(
  db: Kysely<Tables>,
  hostIds: readonly number[],
  areTheirs: (column: RawBuilder<unknown>) => RawBuilder<SqlBool>,
): Promise<readonly HostTies[]> {
  const columns = sql`i.host_id, i.path as what, 1 as times, a.id, a.set_id`;
  const where = sql`${areTheirs(sql`i.host_id`)} and ${isAtRest(undefined, areTheirs(sql`r.host_id`))}`;
  const { rows } = await sql<TieRow>`
    select ${columns} from installed i join artefacts a on a.digest = i.digest where ${where}
    union all
    select ${columns} from installed i join artefacts a on a.build_id = i.build_id where ${where} and ${isNoArtefact}`.execute(
    db,
  );
  return packed(hostIds, rows);
}

function packed(hostIds: readonly number[], rows: readonly TieRow[]): readonly HostTies[] {
  const byHost = Map.groupBy(rows, (row) => row.host_id);
  return hostIds.map((hostId) => {
    const programs = [...Map.groupBy(byHost.get(hostId) ?? [], (row) => row.what).values()];
    const entriesOf = (id: (row: TieRow) => number) =>
      programs.map((list) => ({
        times: list[0]?.times ?? 0,
        ids: [...new Set(list.map(id))].toSorted((a, b) => a - b),
      }));
    return {
      hostId,
      sets: packEntries(entriesOf((row) => row.set_id)),
      artefacts: packEntries(entriesOf((row) => row.id)),
    };
  });
}

/** A binary, and the builds that it is known to be of. */
export interface BuildOf {
  readonly digest: string;
  readonly builds: readonly string[];
}

/** Hosts that run one of some binaries, or have it installed, or another one of their builds. */
export async function hostsWith(
  tx: Transaction<Tables>,
  among: Among,
  table: 'running' | 'installed',
  binaries: readonly BuildOf[],
): Promise<readonly number[]> {
  if (binaries.length === 0) return [];
  const digests = [...new Set(binaries.map(({ digest }) => digest))];
  const builds = [...new Set(binaries.flatMap((one) => one.builds))];
  const { rows } = await sql<{ host_id: number }>`
    select host_id from ${sql.table(table)} where ${among(sql.ref('digest'), digests)}
    union select host_id from ${sql.table(table)} where ${among(sql.ref('build_id'), builds)}`.execute(tx);
  return rows.map((row) => row.host_id);
}

interface TieRow {
  readonly host_id: number;
  /** The binary, or the path of a program. */
  readonly what: string;
  readonly times: number;
  readonly id: number;
  readonly set_id: number;
}

/**
 * In the order of their first ids, each of them as the distance from the one before; twice how often, and one more
 * where further ids follow.
 */
function packEntries(entries: readonly Entry[]): string {
  let last = 0;
  return packNumbers(
    entries
      .toSorted((a, b) => (a.ids[0] ?? 0) - (b.ids[0] ?? 0))
      .flatMap(({ times, ids: [first = 0, ...more] }) => {
        const distance = first - last;
        last = first;
        const head = [2 * times + (more.length === 0 ? 0 : 1), distance];
        return more.length === 0 ? head : [...head, more.length, ...more];
      }),
  );
}

/**
 * How often a packed row has something that is asked for. Ten thousand rows are read at once: number by number, as
 * `visitNumbers` does.
 */
function timesIn(list: string, isMeant: (id: number) => boolean): number {
  let times = 0;
  let first = 0;
  let head = -1;
  let isAsked = false;
  /** Further ids that follow; `-1`: their number comes first. */
  let more = 0;
  visitNumbers(list, (number) => {
    if (head === -1) {
      head = number;
      return;
    }
    if (more > 0) {
      isAsked ||= isMeant(number);
      more--;
    } else if (more === -1) more = number;
    else {
      first += number;
      isAsked = isMeant(first);
      more = head % 2 === 1 ? -1 : 0;
    }
    if (more !== 0) return;
    if (isAsked) times += Math.floor(head / 2);
    head = -1;
  });
  return times;
}
