import type { Transaction } from 'kysely';
import { type AnswerRecord, answers } from './answers.ts';
import type { Dialect } from './dialect/dialect.ts';
import { decodeRow, encodeRow } from './table.ts';
import type { Tables } from './tables.ts';

/** Answers that are kept, in a transaction that is open. */
export class AnswerWriter {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    this.#dialect = dialect;
    this.#tx = tx;
  }

  /**
   * Takes the key for a request that begins. Where it was taken before, returns what came of that and changes nothing. What began
   * before `forget` is forgotten, what is not answered since `abandoned` (epoch milliseconds) as well.
   */
  async begin(
    { caller, key, request, at }: Pick<AnswerRecord, 'caller' | 'key' | 'request' | 'at'>,
    { forget, abandoned }: { readonly forget: number; readonly abandoned: number },
  ): Promise<AnswerRecord | undefined> {
    await this.#tx
      .deleteFrom('answers')
      .where((where) =>
        where.or([
          where('at', '<', forget),
          where.and([
            where('caller', '=', caller),
            where('key', '=', key),
            where('at', '<', abandoned),
            where('status', 'is', null),
          ]),
        ]),
      )
      .execute();
    const row = await this.#tx
      .selectFrom('answers')
      .selectAll()
      .where('caller', '=', caller)
      .where('key', '=', key)
      .executeTakeFirst();
    if (row !== undefined) return decodeRow(answers, row);
    await this.#put({ caller, key, request, at, status: null, body: null });
    return undefined;
  }

  /** Says what was answered, unless the key was taken for abandoned meanwhile: then it is another request's. */
  async finish(answer: AnswerRecord): Promise<void> {
    if (await this.drop(answer)) await this.#put(answer);
  }

  /** Gives a key back: what it was taken for did not happen. Says whether it was still that request's. */
  async drop({ caller, key, at }: Pick<AnswerRecord, 'caller' | 'key' | 'at'>): Promise<boolean> {
    const { numDeletedRows } = await this.#tx
      .deleteFrom('answers')
      .where('caller', '=', caller)
      .where('key', '=', key)
      .where('at', '=', at)
      .where('status', 'is', null)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async #put(answer: AnswerRecord): Promise<void> {
    await this.#dialect.load(this.#tx, answers, [encodeRow(answers, answer)], { replace: false });
  }
}
