import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Standing } from './store.ts';

/**
 * Whether a row of a binary has the build id of a signed artefact and brings other code or data into memory than each
 * signed one of that build. What is added unsigned makes nothing of it good: otherwise whoever may add artefacts could.
 */
export function isTampered(row: RawBuilder<unknown>): RawBuilder<SqlBool> {
  return sql`(${row}.segments is not null
    and exists (select 1 from artefacts k where k.build_id = ${row}.build_id and k.trust = 'signed')
    and not exists (select 1 from artefacts k where k.build_id = ${row}.build_id and k.trust = 'signed'
      and (k.segments is null or k.segments = ${row}.segments))
    and not exists (select 1 from artefacts k where k.digest = ${row}.digest and k.trust = 'signed'))`;
}

/** How a row of a binary (its `digest`, `build_id` and `segments`) stands to the artefacts. */
export function standingOf(row: RawBuilder<unknown>): RawBuilder<Standing> {
  return sql`case
    when ${isTampered(row)} then 'tampered'
    when exists (select 1 from artefacts k where k.digest = ${row}.digest) then 'known'
    when exists (select 1 from artefacts k where k.build_id = ${row}.build_id and k.segments = ${row}.segments) then 'stripped'
    when exists (select 1 from artefacts k where k.build_id = ${row}.build_id) then 'changed'
    else 'unknown' end`;
}
