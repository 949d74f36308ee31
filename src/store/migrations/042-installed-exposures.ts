import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Has hosts looked at that have programs installed: what strikes those was kept of what runs alone before. */
export const installedExposures: Migration = {
  name: '042-installed-exposures',
  up: async (_schema, _types, rows) => {
    await sql`update hosts set exposure_due = 1 where exposure_due is null and retired_at is null
      and id in (select host_id from installed)`.execute(rows);
  },
};
