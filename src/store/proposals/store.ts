import type { Kysely, Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { decodeRow, encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import type { ProposalRecord, TrialRecord } from './records.ts';
import { proposals, trials } from './tables.ts';

/** Trials that are kept. */
const mostTrials = 200;

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

  /** When a text was last tried in the place of a policy; `undefined`: never, or too many were since. */
  async triedAt({ textDigest, base }: Omit<TrialRecord, 'at'>): Promise<number | undefined> {
    const row = await this.db
      .selectFrom('policy_trials')
      .selectAll()
      .where('text_digest', '=', textDigest)
      .where('base', '=', base)
      .executeTakeFirst();
    return row && decodeRow(trials, row).at;
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

  /** Keeps that a text was tried, and forgets the oldest trials where there are many. */
  async noteTrial(trial: TrialRecord): Promise<void> {
    await this.#dialect.load(this.#tx, trials, [encodeRow(trials, trial)], { replace: true });
    const oldest = this.#tx
      .selectFrom('policy_trials')
      .select('at')
      .orderBy('at', 'desc')
      .offset(mostTrials)
      .limit(1);
    await this.#tx.deleteFrom('policy_trials').where('at', '<=', oldest).execute();
  }

  async clear(): Promise<void> {
    await this.#tx.deleteFrom('policy_proposals').execute();
  }
}
