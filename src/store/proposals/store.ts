import type { Kysely, Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { ProposalRecord } from './records.ts';
import { proposals } from './tables.ts';

/** Reads of policies that wait for another person. */
export class ProposalReader {
  protected readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  /** Those that are to take the place of a policy, oldest first. */
  async list(base: string): Promise<readonly ProposalRecord[]> {
    const rows = await this.db
      .selectFrom('policy_proposals')
      .selectAll()
      .where('base', '=', base)
      .orderBy('at')
      .orderBy('by')
      .execute();
    return rows.map((row) => decodeRow(proposals, row));
  }
}

/** The same in a transaction, with what changes them. */
export class ProposalWriter extends ProposalReader {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    super(tx);
    this.#dialect = dialect;
    this.#tx = tx;
  }

  /** Forgets what is to take the place of any other policy, and what this person wanted before. */
  async put(proposal: ProposalRecord): Promise<void> {
    const { base, by } = proposal;
    await this.#tx
      .deleteFrom('policy_proposals')
      .where(({ or, eb }) => or([eb('base', '!=', base), eb('by', '=', by)]))
      .execute();
    await this.#dialect.load(this.#tx, proposals, [encodeRow(proposals, proposal)], { replace: true });
  }

  async clear(): Promise<void> {
    await this.#tx.deleteFrom('policy_proposals').execute();
  }
}
