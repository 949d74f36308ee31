import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isThisMachine } from '../../facts/outgoing/address.ts';
import { notedData } from '../../server/whereabouts.ts';
import { CliError } from './error.ts';

/** Where the running server is, and how that is known. */
export interface ServerAddress {
  /** Without a trailing slash. */
  readonly url: string;
  /** Where the address came from, for messages: `--server`, `SAFEGUARD_SERVER`, a file, or `the default`. */
  readonly from: string;
  readonly data: string;
  /** Whether the address is the one that the data folder's own server wrote. */
  readonly ownData: boolean;
}

/** The options that every command has which speaks to a server. */
export interface ServerOptions {
  readonly server?: string;
  readonly data: string;
}

export const defaultUrl = 'http://127.0.0.1:8480';

/** Finds the server: `--server`, `SAFEGUARD_SERVER`, the address in the data folder, or the default. */
export async function findServer(options: ServerOptions, env = process.env): Promise<ServerAddress> {
  const data = options.data;
  const written = await writtenAddress(data);
  const given =
    options.server !== undefined
      ? { text: options.server, from: '--server' }
      : env.SAFEGUARD_SERVER
        ? { text: env.SAFEGUARD_SERVER, from: 'SAFEGUARD_SERVER' }
        : undefined;
  if (given !== undefined) {
    const url = parseAddress(given.text, given.from);
    return { url, from: given.from, data, ownData: url === written };
  }
  return written === undefined
    ? { url: defaultUrl, from: 'the default', data, ownData: false }
    : { url: written, from: join(data, 'server.json'), data, ownData: true };
}

/**
 * The token for acting: `SAFEGUARD_TOKEN`, or the data folder's `admin.token`. The latter goes only to that folder's
 * own server or to this machine: a `--server` elsewhere must not be able to collect it.
 */
export async function findToken(server: ServerAddress, env = process.env): Promise<string> {
  const token = await tokenAtHand(server, env);
  if (token !== undefined) return token;
  const file = join(server.data, 'admin.token');
  if (!server.ownData && !isLoopback(server.url))
    throw new CliError('cli/usage', `acting on ${server.url} needs a token`, {
      next: `Put one into SAFEGUARD_TOKEN. (${file} is sent only to the server that wrote it.)`,
    });
  throw new CliError('cli/usage', `acting needs a token, and there is no readable ${file}`, {
    next: "Put one into SAFEGUARD_TOKEN, or name the server's data folder with --data.",
  });
}

/** What a build exchanged, by the server that it is for, while it fetches. */
const held = new Map<string, string>();

/** Has a session go with every question to a server, until what is returned is called. */
export function holdToken(url: string, token: string): () => void {
  held.set(url, token);
  return () => void held.delete(url);
}

/** What was given for a server: the session that is held for it, else what the environment says. */
export function givenToken(url: string, env = process.env): string | undefined {
  return held.get(url.replace(/\/$/, '')) ?? (env.SAFEGUARD_TOKEN?.trim() || undefined);
}

/** The same where there is one; `undefined`: there is none, and a server that is open needs none. */
export async function tokenAtHand(server: ServerAddress, env = process.env): Promise<string | undefined> {
  const given = givenToken(server.url, env);
  if (given !== undefined) return given;
  const isNear = isLoopback(server.url);
  const noted = server.ownData || !isNear ? undefined : await notedToken(server.url, env);
  if (noted !== undefined) return noted;
  if (!server.ownData && !isNear) return undefined;
  return (await readIfThere(join(server.data, 'admin.token')))?.trim();
}

/** The token that lies with this user's own server on this machine, whatever folder the command is typed in. */
async function notedToken(url: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const data = await notedData(url, env);
  if (data === undefined) return undefined;
  const written = await writtenAddress(data).catch(() => undefined);
  if (written === undefined || new URL(written).port !== new URL(url).port) return undefined;
  // Of one that was killed the note is still there, and somebody else may listen by now.
  if (!(await isRunning(data))) return undefined;
  return (await readIfThere(join(data, 'admin.token')))?.trim();
}

async function isRunning(data: string): Promise<boolean> {
  try {
    const { pid } = JSON.parse((await readIfThere(join(data, 'server.json'))) ?? '{}') as { pid?: unknown };
    return typeof pid === 'number' && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Reads an address as people write it: a scheme may be missing, and an index URL is fine too. */
export function parseAddress(text: string, from: string): string {
  const trimmed = text.trim().replace(/^sparse\+/, '');
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`);
  if (url === null || url.hostname === '' || !['http:', 'https:'].includes(url.protocol))
    throw new CliError('cli/usage', `${from}: \`${text}\` is not the address of a server`, {
      next: `It looks like ${defaultUrl}.`,
    });
  if (url.username !== '' || url.password !== '')
    throw new CliError('cli/usage', `${from}: an address with a password in it ends up in logs`, {
      next: 'Put the token into SAFEGUARD_TOKEN instead.',
    });
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/index$/, '');
}

/** Whether a URL leads to this very machine. */
export function isLoopback(url: string): boolean {
  return isThisMachine(URL.parse(url)?.hostname ?? '');
}

/** The sparse index of a server, as cargo wants it written. */
export function indexOf(url: string): string {
  return `sparse+${url}/index/`;
}

async function writtenAddress(data: string): Promise<string | undefined> {
  const file = join(data, 'server.json');
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  try {
    const url = (JSON.parse(text) as { url?: unknown } | null)?.url;
    if (typeof url === 'string') return parseAddress(url, file);
  } catch (error) {
    if (error instanceof CliError) throw error;
  }
  throw new CliError('cli/file', `${file} does not say where the server is`, {
    next: 'Start `safeguard serve` again, or name the server with --server.',
  });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}
