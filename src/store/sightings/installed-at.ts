import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import type { HostFilter } from '../inventory/store.ts';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { onHosts } from './host-filter.ts';
import { standingOf } from './standing.ts';
import type { Binary, InstalledArtefact, InstalledBinary, InstalledQuery, Standing } from './store.ts';
import { hosts, installed } from './tables.ts';

// Programs that something on a host names which starts programs, and that no process of it runs: they are there, and
// nobody saw them run.

/**
 * Where each of some binaries is installed and not seen running, by its digest or else its build id: at most `limit`
 * each, by host and path.
 */
export async function installedOf(
  db: Kysely<Tables>,
  among: Among,
  binaries: readonly Binary[],
  limit: number,
  on?: HostFilter,
): Promise<readonly (readonly InstalledArtefact[])[]> {
  const digests = binaries.flatMap(({ digest }) => digest ?? []);
  if (digests.length === 0) return binaries.map(() => []);
  const buildIds = binaries.flatMap(({ buildId }) => buildId ?? []);
  const { rows } = await sql<Row>`
    select found.*, ${standingOf(sql`found`)} as standing, ${hostColumns} from (
      select i.*, row_number() over (partition by i.digest, i.build_id order by i.host_id, i.path, i."by") as place from installed i
        where ${isAtRest(on)} and (${among(sql`i.digest`, digests)} or (${among(sql`i.build_id`, buildIds)} and ${isNoArtefact}))
      ) as found join hosts h on h.id = found.host_id where found.place <= ${limit} order by h.name, found.path, found."by"`.execute(
    db,
  );
  const found = rows.map(binaryOf);
  return binaries.map(({ digest, buildId }) => {
    if (digest === null) return [];
    const same = found
      .filter((one) => one.digest === digest)
      .map((one) => ({ ...one, tie: 'digest' as const }));
    // What has a digest that an artefact has is in the list for that one's sake.
    const built = found
      .filter((one) => buildId !== null && one.buildId === buildId && !digests.includes(one.digest ?? ''))
      .map((one) => ({ ...one, tie: 'build-id' as const }));
    return [...same, ...built].slice(0, limit);
  });
}

/** Programs that are installed and not seen running, whoever built them, by host and path. */
export async function installedList(
  db: Kysely<Tables>,
  { host, standing, after, limit }: InstalledQuery,
): Promise<readonly InstalledBinary[]> {
  const conditions: RawBuilder<SqlBool>[] = [isAtRest(undefined)];
  if (host !== undefined) conditions.push(sql`h.name = ${host}`);
  if (standing !== undefined) conditions.push(sql`${standingOf(sql`i`)} = ${standing}`);
  // Of all that is installed those are looked at that may be one of the few.
  if (standing === 'tampered')
    conditions.push(sql`i.build_id in (select a.build_id from artefacts a where a.trust = 'signed')`);
  if (after !== undefined)
    conditions.push(
      sql`(h.name, i.path, i.named, i."by") > (${after.host}, ${after.path}, ${after.named}, ${after.by})`,
    );
  const { rows } = await sql<Row>`
    select i.*, ${standingOf(sql`i`)} as standing, ${hostColumns} from installed i join hosts h on h.id = i.host_id
      where ${sql.join(conditions, sql` and `)} order by h.name, i.path, i.named, i."by" limit ${limit}`.execute(
    db,
  );
  return rows.map(binaryOf);
}

/**
 * Whether a row of `installed` is of a host that runs no such binary now; of few hosts `theirs` says that a row `r` of
 * `running` is of one of them, so that no other is read.
 */
export function isAtRest(
  on: HostFilter | undefined,
  theirs: RawBuilder<SqlBool> = sql`1 = 1`,
): RawBuilder<SqlBool> {
  return sql`${onHosts(sql`i.host_id`, on)}
    and not exists (select 1 from running r where r.host_id = i.host_id and r.digest = i.digest and ${theirs})`;
}

/** Other bytes of the same build are tied by it where they are no artefact of their own. */
export const isNoArtefact = sql<SqlBool>`not exists (select 1 from artefacts k where k.digest = i.digest)`;

type Row = Readonly<Record<string, unknown>> & { readonly standing: Standing };

const hostColumns = sql.join(
  ['name', 'environment', 'team', 'service', 'seen_at'].map(
    (column) => sql`h.${sql.ref(column)} as ${sql.ref(`h_${column}`)}`,
  ),
);

function binaryOf(row: Row): InstalledBinary {
  const { name, environment, team, service, seenAt } = decodeRow(hosts, {
    ...{ id: 0, boot_id: '', session: null, sequence: 0, version: 1, unread: 0, by: '' },
    ...{ name: row.h_name, environment: row.h_environment, team: row.h_team, service: row.h_service },
    seen_at: row.h_seen_at,
  });
  const { loaded: _, ...one } = decodeRow(installed, row);
  return { ...one, host: { name, environment, team, service, seenAt }, standing: row.standing };
}
