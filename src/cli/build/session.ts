import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BuildSession } from '../../attest/provenance.ts';
import { BuildError } from '../../build/error.ts';
import { isSecretName } from '../../build/run/environment.ts';
import { openFetchProxy } from '../../build/session/fetch-proxy.ts';
import type { HeldIdentity } from '../../build/session/identity.ts';
import { sessionSources } from '../../build/session/sources.ts';
import { parseLockfile } from '../../cargo/lockfile.ts';
import { locate } from '../check/locate.ts';
import { findServer, holdToken } from '../shared/address.ts';
import { dispatcherFor } from '../shared/api.ts';
import { endSession, exchange } from '../shared/exchange.ts';
import { note } from '../shared/terminal.ts';
import { phase } from './tell.ts';

/** How a build fetches: with a session that lives here, or as cargo is configured. */
export interface Fetching {
  /** Words for cargo, in this phase and in those after it. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The session that fetches; its secret is nowhere but here. */
  readonly session?: BuildSession;
  /** Ends it. */
  readonly close: () => Promise<void>;
}

/** Fetches with what cargo has. */
export function plainFetching(): Fetching {
  return { words: [], environment: environmentHere(), close: async () => {} };
}

/**
 * Exchanges what the job has for a session, and puts it into a proxy outside of everything that is started: cargo is
 * told of a place without tokens, and has no variable that holds one. Throws `BuildError` and `CliError`.
 */
export async function sessionFetching(
  held: HeldIdentity,
  manifestPath: string | undefined,
  options: {
    readonly server?: string;
    readonly audience?: string;
    readonly offline: boolean;
    readonly sandbox: boolean;
  },
): Promise<Fetching> {
  if (options.server === undefined || options.offline || !options.sandbox)
    throw new BuildError('build/command', '--exchange is for a sealed build that fetches from a server', {
      next: 'Name the server with --server, and leave out --offline and --no-sandbox.',
    });
  const server = await findServer({ server: options.server, data: '' });
  const place = await locate({ manifestPath: manifestPath ?? 'Cargo.toml' });
  const lockfile = readFileSync(place.lockfile, 'utf8');
  const sources = parseLockfile(lockfile).packages.flatMap(({ source }) => source?.text ?? []);
  const opened = await exchange(server, await held.bring(options.audience ?? server.url), lockfile);
  phase('session', `${opened.who}, for this Cargo.lock until ${opened.ends}`);
  const release = holdToken(server.url, opened.session);
  const { origin, words } = sessionSources(server.url, sources);
  const ways = [dispatcherFor(server.url), dispatcherFor('https://elsewhere.invalid')] as const;
  const { HTTPS_PROXY, https_proxy: next = HTTPS_PROXY } = process.env;
  const proxy = await openFetchProxy({
    server: server.url,
    session: opened.session,
    origin,
    dispatcher: ways[0],
    besides: ways[1],
    next: next === '' ? undefined : next,
  });
  const environment = Object.fromEntries(
    Object.entries(environmentHere()).filter(([name]) => !isSecretName(name) && !/proxy$/i.test(name)),
  );
  let isOpen = true;
  return {
    words,
    environment: { ...environment, CARGO_HTTP_PROXY: proxy.url },
    session: {
      id: createHash('sha256').update(opened.session).digest('hex'),
      who: opened.who,
      server: server.url,
      lockfile: opened.lockfile,
      ends: opened.ends,
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      release();
      await proxy.close();
      await endSession(server, opened).catch((error: Error) =>
        note(`The session could not be ended: ${error.message}.`),
      );
      await Promise.all(ways.map((way) => way.destroy()));
    },
  };
}

function environmentHere(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(entries);
}
