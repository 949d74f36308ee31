import type { Actor } from '../../registry/auditor.ts';
import type { Store } from '../../store/store.ts';
import { ownerOf } from './tokens.ts';

/**
 * Whose agent tells of a host, where that is somebody else than asks: while a token of his is in force nobody else's
 * agent says what runs there, as one host that was broken into would else make all others look clean. `now`: epoch
 * milliseconds.
 */
export async function otherTeller(
  store: Pick<Store, 'sightings' | 'tokens'>,
  host: string,
  { name, role }: Pick<Actor, 'name' | 'role'>,
  now: number,
): Promise<string | undefined> {
  if (role !== 'agent') return undefined;
  const teller = await store.sightings.tellerOf(host);
  if (teller === undefined || teller === name) return undefined;
  const isInForce = (await store.tokens()).some(
    (one) =>
      ownerOf(one) === teller &&
      one.role === 'agent' &&
      one.revokedAt === null &&
      (one.endsAt === null || one.endsAt > now),
  );
  return isInForce ? teller : undefined;
}
