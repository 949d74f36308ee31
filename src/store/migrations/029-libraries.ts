import { sql } from 'kysely';
import { ascending, packAscending } from '../inventory/packed.ts';
import type { Migration } from './migration.ts';

/**
 * The sets that have a library of a system, as one list under the id 0: how many artefacts have none was worked out
 * from the lists of every package that there is.
 */
export const libraries: Migration = {
  name: '029-libraries',
  up: async (_schema, _types, db) => {
    const { rows } = await sql<{ id: number }>`
      select id from components where kind = 'other' and source in ('deb', 'rpm', 'apk', 'generic', 'conan')`.execute(
      db,
    );
    const having = new Set<number>();
    for (const { id } of rows) {
      const { rows: posted } = await sql<{ sets: string }>`
        select sets from set_postings where component_id = ${id}`.execute(db);
      for (const { sets } of posted) for (const set of ascending.decode(sets)) having.add(set);
    }
    const sets = [...having].toSorted((a, b) => a - b);
    if (sets.length > 0)
      await sql`insert into set_postings (component_id, first_set, sets)
        values (0, ${sets[0] ?? 0}, ${packAscending(sets)})`.execute(db);
    const ids = new Set(rows.map(({ id }) => id));
    const { rows: waiting } = await sql<{ set_id: number; components: string }>`
      select set_id, components from set_tail`.execute(db);
    let members = 0;
    for (const { set_id, components } of waiting) {
      const list = ascending.decode(components);
      if (!list.some((id) => ids.has(id))) continue;
      members++;
      await sql`update set_tail set components = ${packAscending([0, ...list])} where set_id = ${set_id}`.execute(
        db,
      );
    }
    await sql`update inventory_state set tail_members = tail_members + ${members}`.execute(db);
  },
};
