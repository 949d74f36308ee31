import { predicates, type Statement } from '../../attest/statement.ts';
import type { BuildSessionReader } from '../../store/build-sessions.ts';
import { rfc3339 } from '../shape.ts';

/**
 * What is wrong with the session by which provenance says that it fetched, as a part of a sentence; `undefined` where it names none, or the one that this server
 * opened: for whom, for which Cargo.lock and until when is known by its digest.
 */
export async function wrongSession(
  statements: readonly Statement[],
  sessions: BuildSessionReader,
): Promise<string | undefined> {
  for (const { predicateType, predicate } of statements) {
    const session = predicateType === predicates.provenance ? sessionIn(predicate) : undefined;
    if (session === undefined) continue;
    const { id, who, lockfile, ends } = (session ?? {}) as Readonly<Record<string, unknown>>;
    const known = typeof id === 'string' ? await sessions.buildSessionOf(id) : undefined;
    if (known === undefined) return 'it names a session that this server did not open';
    if (who !== known.who || lockfile !== known.lockfile || ends !== rfc3339(known.endsAt))
      return `it names a session that this server opened for ${known.who}, for another build than it says`;
  }
  return undefined;
}

function sessionIn(predicate: unknown): unknown {
  const { buildDefinition } = (predicate ?? {}) as { readonly buildDefinition?: Definition };
  return buildDefinition?.internalParameters?.session;
}

interface Definition {
  readonly internalParameters?: { readonly session?: unknown };
}
