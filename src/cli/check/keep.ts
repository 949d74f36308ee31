import { z } from 'zod';
import { sourceResource } from '../../build/provenance/source.ts';
import type { GateVerdict } from '../../gate/change.ts';
import { isId } from '../../gate/project/git.ts';
import type { ServerAddress } from '../shared/address.ts';
import { CliError } from '../shared/error.ts';
import { note, printable } from '../shared/terminal.ts';
import { type FactsOptions, serverOf } from './facts.ts';

/** The commits that a verdict is on, as the server takes them. */
export interface JudgedCommits {
  /** Absent where something differs from it, or there is none. */
  readonly commit?: string;
  /** The pull request's own. */
  readonly headCommit?: string;
}

/** The server that a verdict is kept on. Throws `CliError` where none is named, or what is named with it is no commit. */
export function serverToKeep(options: FactsOptions & { readonly headCommit?: string }): ServerAddress {
  const { headCommit } = options;
  if (headCommit !== undefined && !isId(headCommit))
    throw new CliError('cli/usage', `--head-commit ${headCommit} is not the whole id of a commit`, {
      next: 'It has 40 hexadecimal digits, as `git rev-parse` prints it.',
    });
  const server = serverOf(options);
  if (server !== undefined) return server;
  throw new CliError('cli/usage', '--keep keeps the verdict on a server, and none is named', {
    next: 'Name it with --server or SAFEGUARD_SERVER.',
  });
}

/**
 * What is checked out in a folder, by which an artefact that is built of it finds the verdict; not where something
 * differs from it.
 */
export async function commitsOf(folder: string, headCommit: string | undefined): Promise<JudgedCommits> {
  const source = await sourceResource(folder, folder);
  const commit = source?.annotations?.dirty === true ? undefined : source?.digest?.gitCommit;
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(headCommit === undefined || headCommit === commit ? {} : { headCommit }),
  };
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
  } & JudgedCommits,
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
