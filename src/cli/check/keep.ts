import { z } from 'zod';
import type { GateVerdict } from '../../gate/change.ts';
import type { ServerAddress } from '../shared/address.ts';
import { CliError } from '../shared/error.ts';
import { note, printable } from '../shared/terminal.ts';
import { type FactsOptions, serverOf } from './facts.ts';

/** The server that a verdict is kept on. Throws `CliError` where none is named. */
export function serverToKeep(options: FactsOptions): ServerAddress {
  const server = serverOf(options);
  if (server !== undefined) return server;
  throw new CliError('cli/usage', '--keep keeps the verdict on a server, and none is named', {
    next: 'Name it with --server or SAFEGUARD_SERVER.',
  });
}

/** Has the server keep a verdict, and says where it is. What goes wrong is said, and changes nothing of the verdict. */
export async function keepVerdict(
  server: ServerAddress,
  verdict: {
    readonly name: string;
    readonly file: string;
    readonly compared: boolean;
    readonly report: GateVerdict;
    readonly lockfile: string;
    readonly base?: string;
  },
): Promise<void> {
  const { ask } = await import('../shared/api.ts');
  const path = '/api/v1/changes/told';
  try {
    const told = await ask(
      server,
      { method: 'POST', path, body: verdict, acts: true },
      z.object({ id: z.string() }),
    );
    note(`Kept: ${server.url}/changes/${told.value.id}`);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const next = error.next === undefined ? '' : ` ${error.next}`;
    note(`Note: the verdict is not kept: ${printable(`${error.message}.${next}`)}`);
  }
}
