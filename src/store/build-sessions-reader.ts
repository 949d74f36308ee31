import type { BuildSessionReader, BuildSessionRecord } from './build-sessions.ts';
import { SqlRequestReader } from './requests-reader.ts';
import type { SigningReader, SigningRecord } from './signings.ts';
import { decodeRow } from './table.ts';
import { buildSessions, signings } from './tables.ts';

/** Reads of what builds exchanged, and had signed. */
export class SqlBuildSessionReader extends SqlRequestReader implements BuildSessionReader, SigningReader {
  async buildSession(identity: string): Promise<BuildSessionRecord | undefined> {
    const found = this.db.selectFrom('build_sessions').selectAll().where('identity', '=', identity);
    const row = await found.executeTakeFirst();
    return row === undefined ? undefined : decodeRow(buildSessions, row);
  }

  async buildSessionOf(hash: string): Promise<BuildSessionRecord | undefined> {
    const found = this.db.selectFrom('build_sessions').selectAll().where('hash', '=', hash);
    const row = await found.executeTakeFirst();
    return row === undefined ? undefined : decodeRow(buildSessions, row);
  }

  async signing(identity: string): Promise<SigningRecord | undefined> {
    const found = this.db.selectFrom('signings').selectAll().where('identity', '=', identity);
    const row = await found.executeTakeFirst();
    return row === undefined ? undefined : decodeRow(signings, row);
  }
}
