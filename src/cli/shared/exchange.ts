import { z } from 'zod';
import type { Brought } from '../../build/session/identity.ts';
import { exchangedSchema } from '../../server/build-sessions/contract.ts';
import type { ServerAddress } from './address.ts';
import { ask } from './api.ts';

/** A session that a server opened for the build of one Cargo.lock. */
export type OpenedSession = z.output<typeof exchangedSchema>;

const path = '/api/v1/build-sessions';

/** Exchanges what a job has. It works once. Throws `CliError`. */
export async function exchange(
  server: ServerAddress,
  brought: Brought,
  lockfile: string,
): Promise<OpenedSession> {
  const body = { ...brought, lockfile };
  return (await ask(server, { method: 'POST', path, body, token: undefined }, exchangedSchema)).value;
}

/** Ends a session. Throws `CliError`. */
export async function endSession(server: ServerAddress, { session }: OpenedSession): Promise<void> {
  await ask(server, { method: 'DELETE', path, token: session }, z.unknown());
}
