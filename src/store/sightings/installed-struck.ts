import { type Kysely, sql } from 'kysely';
import type { Among } from '../dialect/dialect.ts';
import type { FoundRunning } from '../exposures/records.ts';
import type { Tables } from '../tables.ts';
import { isAtRest, isNoArtefact } from './installed-at.ts';
import { setsTied } from './tied.ts';

/** What of struck releases programs have that are installed on some hosts and do not run there. `bySet`: the releases, by the sets that have them. */
export async function installedWith(
  db: Kysely<Tables>,
  among: Among,
  hostIds: readonly number[],
  bySet: ReadonlyMap<number, readonly number[]>,
): Promise<readonly FoundRunning[]> {
  if (hostIds.length === 0 || bySet.size === 0) return [];
  const struck = await setsTied(db, among, hostIds, 'installed_sets', bySet);
  if (struck.length === 0) return [];
  const areMeant = sql`${isAtRest(undefined)} and ${among(sql`i.host_id`, hostIds)} and ${among(sql`a.set_id`, struck)}`;
  const columns = sql`i.host_id, i.path, i.digest, i.since, a.id as artefact_id, a.set_id, a.target`;
  const { rows } = await sql<{
    host_id: number;
    path: string;
    digest: string | null;
    since: number;
    artefact_id: number;
    set_id: number;
    target: string | null;
  }>`
    select ${columns} from installed i join artefacts a on a.digest = i.digest where ${areMeant}
    union all
    select ${columns} from installed i join artefacts a on a.build_id = i.build_id where ${areMeant} and ${isNoArtefact}`.execute(
    db,
  );
  return rows.flatMap((row) =>
    (bySet.get(row.set_id) ?? []).map((componentId) => ({
      hostId: row.host_id,
      path: row.path,
      componentId,
      way: 'installed' as const,
      artefactId: row.artefact_id,
      digest: row.digest,
      deploymentId: null,
      restart: false,
      runningSince: row.since,
      target: row.target,
    })),
  );
}
