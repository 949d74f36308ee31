import { predicates, type Statement } from './statement.ts';

/** A session as the server that opened it knows it. */
export interface KnownSession {
  readonly who: string;
  /** SHA-256 (hex) of the Cargo.lock that it was bound to. */
  readonly lockfile: string;
  /** Epoch milliseconds. */
  readonly endsAt: number;
}

/** How a session by which provenance says that it fetched stands to what a server knows. */
export type SessionStanding =
  | { readonly kind: 'known' }
  /** It was opened for another build than the provenance says. */
  | { readonly kind: 'other'; readonly reason: string }
  /**
   * This server knows of none such: `server` is where the provenance says that it was opened, `ends` (epoch
   * milliseconds) until when.
   */
  | {
      readonly kind: 'unknown';
      readonly server: string | undefined;
      readonly ends: number | undefined;
    };

/**
 * Holds the session that a provenance statement names (`internalParameters.session`) against what is known under its
 * digest; `undefined` where it names none, or is no provenance. For whom, for which Cargo.lock and until when must be
 * as it says.
 */
export async function sessionStanding(
  { predicateType, predicate }: Statement,
  find: (id: string) => Promise<KnownSession | undefined>,
): Promise<SessionStanding | undefined> {
  const session = predicateType === predicates.provenance ? sessionIn(predicate) : undefined;
  if (session === undefined) return undefined;
  const { id, who, lockfile, ends, server } = (session ?? {}) as Readonly<Record<string, unknown>>;
  const known = typeof id === 'string' ? await find(id) : undefined;
  if (known === undefined) {
    const until = typeof ends === 'string' ? Date.parse(ends) : Number.NaN;
    return {
      kind: 'unknown',
      server: typeof server === 'string' ? server : undefined,
      ends: Number.isFinite(until) ? until : undefined,
    };
  }
  if (who === known.who && lockfile === known.lockfile && ends === new Date(known.endsAt).toISOString())
    return { kind: 'known' };
  return {
    kind: 'other',
    reason: `it names a session that this server opened for ${known.who}, for another build than it says`,
  };
}

function sessionIn(predicate: unknown): unknown {
  const { buildDefinition } = (predicate ?? {}) as { readonly buildDefinition?: Definition };
  return buildDefinition?.internalParameters?.session;
}

interface Definition {
  readonly internalParameters?: { readonly session?: unknown };
}
