import { sessionStanding } from '../../attest/session.ts';
import type { Statement } from '../../attest/statement.ts';
import type { BuildSessionReader } from '../../store/build-sessions.ts';

/**
 * What is wrong with the session by which provenance says that it fetched, as a part of a sentence; `undefined` where
 * it names none, or the one that this server opened: for whom, for which Cargo.lock and until when is known by its
 * digest.
 */
export async function wrongSession(
  statements: readonly Statement[],
  sessions: BuildSessionReader,
): Promise<string | undefined> {
  for (const statement of statements) {
    const standing = await sessionStanding(statement, (id) => sessions.buildSessionOf(id));
    if (standing === undefined || standing.kind === 'known') continue;
    return standing.kind === 'other' ? standing.reason : 'it names a session that this server did not open';
  }
  return undefined;
}
