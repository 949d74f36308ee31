import type { FastifyRequest } from 'fastify';
import type { Role } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { hashOf, randomSecret } from './tokens.ts';

/** `__Host-`: only over HTTPS (or to this machine itself), for this host and all of its paths (RFC 6265bis, section 4.1.3.2). */
const name = '__Host-safeguard';

/** Milliseconds that a browser stays signed in. */
export const lifetime = 12 * 3_600_000;

/** What a browser is given, and what takes it away again: values of `Set-Cookie`. */
export const signedOutCookie = `${name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`;

/** Begins a session for the token with that digest; returns its cookie. `now` in epoch milliseconds. */
export async function beginSession(tx: StoreWriter, token: string, now: number): Promise<string> {
  return await begin(tx, { token, name: null, role: null }, now, lifetime);
}

/** Begins a session of a person who has no token, for `time` milliseconds; returns its cookie. */
export async function beginPersonSession(
  tx: StoreWriter,
  { name, role }: { readonly name: string; readonly role: Role },
  now: number,
  time: number,
): Promise<string> {
  return await begin(tx, { token: null, name, role }, now, time);
}

async function begin(
  tx: StoreWriter,
  who: { readonly token: string | null; readonly name: string | null; readonly role: Role | null },
  now: number,
  time: number,
): Promise<string> {
  const secret = randomSecret();
  const digest = hashOf(secret);
  await tx.putWebSession({ ...who, digest, token: who.token ?? digest, at: now, endsAt: now + time });
  return `${name}=${secret}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(time / 1000)}`;
}

/** SHA-256 (hex) of the secret that a browser sent along; `undefined`: none. */
export function sessionDigest(request: FastifyRequest): string | undefined {
  const secret = cookieOf(request, name);
  return secret === undefined || secret === '' ? undefined : hashOf(secret);
}

/** What a browser sent along as the cookie of that name; `undefined`: nothing. */
export function cookieOf({ headers }: Pick<FastifyRequest, 'headers'>, name: string): string | undefined {
  return headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/**
 * Whether a browser sent it from a page of another place: a cookie goes along with what a page asks for, whoever's page it is. What
 * changes something counts as foreign unless the browser says where it comes from. `host` is how clients call this server.
 */
export function isForeign(
  { method, headers }: Pick<FastifyRequest, 'method' | 'headers'>,
  host: string,
): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const { origin } = headers;
  return origin === undefined || !URL.canParse(origin) || new URL(origin).host !== host;
}

/** The answer to what a page of another place sends. */
export const foreignPage = {
  status: 403,
  code: 'server/foreign',
  detail: 'This came from a page of another address: open this server’s own pages.',
} as const;
