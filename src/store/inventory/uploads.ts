import type { Kysely, Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { uploadPartHeads, uploadParts, uploads } from './tables.ts';
import type { UploadPart, UploadPartHead, UploadRecord } from './upload-records.ts';

/** Artefacts that are sent in parts. Nothing of them is visible before the artefact is added. */
export class UploadReader {
  protected readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async find(id: string): Promise<UploadRecord | undefined> {
    const row = await this.db.selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : decodeRow(uploads, row);
  }

  /** Its parts by number, without what is in them. */
  async heads(id: string): Promise<readonly UploadPartHead[]> {
    const rows = await this.db
      .selectFrom('upload_parts')
      .select(['number', 'digest', 'kind', 'size', 'has_library'])
      .where('upload', '=', id)
      .orderBy('number')
      .execute();
    return rows.map((row) => decodeRow(uploadPartHeads, row));
  }

  async part(id: string, number: number): Promise<UploadPart | undefined> {
    const row = await this.db
      .selectFrom('upload_parts')
      .selectAll()
      .where('upload', '=', id)
      .where('number', '=', number)
      .executeTakeFirst();
    return row === undefined ? undefined : decodeRow(uploadParts, row);
  }

  /** How many of somebody's have not ended. */
  async countOpen(by: string): Promise<number> {
    const { n } = await this.db
      .selectFrom('uploads')
      .select((q) => q.fn.countAll().as('n'))
      .where('by', '=', by)
      .where('answer', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(n);
  }
}

/** In a transaction that is open. */
export class UploadWriter extends UploadReader {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    super(tx);
    this.#dialect = dialect;
    this.#tx = tx;
  }

  async put(record: UploadRecord): Promise<void> {
    await this.#dialect.load(this.#tx, uploads, [encodeRow(uploads, record)], { replace: true });
  }

  async putPart(part: UploadPart): Promise<void> {
    await this.#dialect.load(this.#tx, uploadParts, [encodeRow(uploadParts, part)], { replace: false });
  }

  /** Forgets what is in it: it has ended. */
  async dropParts(id: string): Promise<void> {
    await this.#tx.deleteFrom('upload_parts').where('upload', '=', id).execute();
  }

  async drop(id: string): Promise<void> {
    await this.dropParts(id);
    await this.#tx.deleteFrom('uploads').where('id', '=', id).execute();
  }

  /** Forgets those of which nothing came since then (epoch milliseconds); returns how many there were. */
  async forget(before: number): Promise<number> {
    const old = await this.#tx.selectFrom('uploads').select('id').where('touched_at', '<', before).execute();
    for (const { id } of old) await this.drop(id);
    return old.length;
  }
}
