import { sql, type Transaction } from 'kysely';
import type { Dialect } from '../dialect/dialect.ts';
import { lastId } from '../last-id.ts';
import { encodeRow } from '../table.ts';
import type { Tables } from '../tables.ts';
import { type Deployed, DeploymentReader } from './reader.ts';
import type { DeploymentRecord, Place } from './records.ts';
import { deployments } from './tables.ts';

/** What is at one place never is more than is looked at. */
const most = 10_000;

/** Where artefacts are stated to be deployed, in a transaction that is open. */
export class DeploymentWriter extends DeploymentReader {
  readonly #dialect: Dialect;
  readonly #tx: Transaction<Tables>;

  constructor(dialect: Dialect, tx: Transaction<Tables>) {
    super(tx, dialect.among);
    this.#dialect = dialect;
    this.#tx = tx;
  }

  /** What is stated to be at exactly this place now. */
  async at({ environment, service, host }: Place): Promise<readonly Deployed[]> {
    const all = await this.list({ environment, isOver: false, limit: most });
    return all.filter(({ deployment }) => deployment.service === service && deployment.host === host);
  }

  /** Inserts one, and has what is exposed there looked at. Returns its id. */
  async add(record: Omit<DeploymentRecord, 'id'>): Promise<number> {
    const id = (await lastId(this.#tx, 'deployments')) + 1;
    await this.change({ ...record, id }, record.statedAt);
    return id;
  }

  /** Puts one in place of what it was, and has what is exposed there looked at. `at`: epoch milliseconds. */
  async change(record: DeploymentRecord, at: number): Promise<void> {
    await this.#dialect.load(this.#tx, deployments, [encodeRow(deployments, record)], { replace: true });
    await sql`update deployments set exposure_due = ${at} where id = ${record.id}`.execute(this.#tx);
  }
}
