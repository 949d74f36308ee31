import { type Kysely, type SqlBool, sql } from 'kysely';
import { decodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { ChangeOutline, ChangeRecord } from './records.ts';
import { changes, outlines } from './tables.ts';

/** Which changes are asked for; what is absent does not limit. */
export interface ChangeQuery {
  readonly verdict?: ChangeOutline['verdict'] | undefined;
  /** Part of what it is called, in either case. */
  readonly name?: string | undefined;
  /** Those with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Reads of verdicts on changes. */
export class ChangeReader {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** The newest first. */
  async list({ verdict, name, before, limit }: ChangeQuery): Promise<readonly ChangeOutline[]> {
    const part = `%${name?.toLowerCase().replaceAll(/[\\%_]/g, '\\$&') ?? ''}%`;
    const rows = await this.#db
      .selectFrom('changes')
      .select(outlines.fields.map(({ column }) => column as keyof Tables['changes']))
      .$if(verdict !== undefined, (q) => q.where('verdict', '=', verdict ?? ''))
      .$if(name !== undefined, (q) => q.where(sql<SqlBool>`lower(name) like ${part} escape '\\'`))
      .$if(before !== undefined, (q) => q.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(outlines, row));
  }

  /**
   * Those with that commit, as judged or as the head of what was, or with that digest of the new `Cargo.lock`: the
   * newest first.
   */
  async of(
    what: { readonly commit: string } | { readonly lockfile: string },
    limit: number,
  ): Promise<readonly ChangeOutline[]> {
    const rows = await this.#db
      .selectFrom('changes')
      .select(outlines.fields.map(({ column }) => column as keyof Tables['changes']))
      .where((is) =>
        'commit' in what
          ? is.or([is('commit', '=', what.commit), is('head_commit', '=', what.commit)])
          : is('lockfile_digest', '=', what.lockfile),
      )
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeRow(outlines, row));
  }

  async find(identity: string): Promise<ChangeRecord | undefined> {
    const row = await this.#db
      .selectFrom('changes')
      .selectAll()
      .where('identity', '=', identity)
      .executeTakeFirst();
    return row === undefined ? undefined : decodeRow(changes, row);
  }
}
