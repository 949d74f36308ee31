import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { Actor } from '../../registry/auditor.ts';
import type { TokenRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { type BuildSessions, unknownSession } from '../build-sessions/sessions.ts';
import { type Problem, sendProblem } from '../errors.ts';
import { rfc3339 } from '../shape.ts';
import type { Guesses } from './guesses.ts';
import { asksNothing, mayDo, type Permission, rolesFor } from './roles.ts';
import { foreignPage, isForeign, sessionDigest } from './sessions.ts';
import type { TokenUses } from './token-uses.ts';
import { hashOf, ownerOf } from './tokens.ts';

/** Whose valid tokens requests carry. */
const callers = new WeakMap<FastifyRequest, Actor>();

/** Who makes a request of a route that wants a token: the guard let nobody else through. */
export function callerOf(request: FastifyRequest): Actor {
  const caller = callers.get(request);
  if (caller === undefined)
    throw new Error(`${request.routeOptions.url} asks for its caller and wants no token`);
  return caller;
}

/** Who makes a request that carried a valid token where one is wanted; `undefined`: nobody whom the guard asked. */
export function callerIfKnown(request: FastifyRequest): Actor | undefined {
  return callers.get(request);
}

/** What the guard asks. */
export interface GuardParts {
  readonly store: Pick<Store, 'tokenOf' | 'tokenOfSession'>;
  readonly uses: TokenUses;
  readonly guesses: Guesses;
  readonly buildSessions: Pick<BuildSessions, 'isSession' | 'admit'>;
  /** Whether crates, too, are for those who have a token. */
  readonly isClosed: boolean;
  /** How clients call this server: host and port. */
  readonly hostOf: (request: FastifyRequest) => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The token that a request brings, as it stands or by a browser's session; `undefined`: none that is known. */
export async function tokenOfRequest(
  request: FastifyRequest,
  { store, guesses, now }: Pick<GuardParts, 'store' | 'guesses' | 'now'>,
): Promise<TokenRecord | undefined> {
  const text = tokenTextOf(request);
  if (text !== undefined) {
    const digest = hashOf(text);
    const token = await store.tokenOf(digest);
    guesses.note(request.ip, digest, token !== undefined);
    return token;
  }
  const session = sessionDigest(request);
  return session === undefined ? undefined : await store.tokenOfSession(session, now());
}

/**
 * Lets a request through to its route where its token may do what the route is for: before any body is read. A token
 * that ended or was revoked opens nothing from then on, on every replica. Who tries tokens that are nobody's waits
 * before any is looked up. A route that does not say what it is for is a mistake: throws when it is added.
 */
export function guard(app: FastifyInstance, parts: GuardParts): void {
  const { uses, guesses, buildSessions, isClosed, now } = parts;
  app.addHook('onRoute', (route) => {
    const needs = route.config?.needs;
    if (needs === undefined) throw new Error(`the route ${route.url} does not say what it needs`);
    // Those who fetch crates come by thousands: what wants no token asks nothing.
    const isFree = asksNothing(needs, isClosed);
    if (isFree && route.config?.said === undefined) return;
    route.onRequest = [holdGuesses, ...(isFree ? [] : [admit(needs)]), ...[route.onRequest ?? []].flat()];
  });
  const holdGuesses: onRequestAsyncHookHandler = async (request, reply) => {
    const text = tokenTextOf(request);
    const waits = text === undefined ? undefined : guesses.refusal(request.ip, hashOf(text));
    return waits === undefined ? undefined : sendProblem(request, reply, waits);
  };
  const admit =
    (needs: Exclude<Permission, 'anything'>): onRequestAsyncHookHandler =>
    async (request, reply) => {
      // A HEAD route has its GET's check beside its own.
      if (callers.has(request)) return;
      const text = tokenTextOf(request);
      if (text !== undefined && buildSessions.isSession(text)) {
        const admitted = ofBuilds.includes(needs)
          ? await buildSessions.admit(text, releaseAsked(needs, request), request.ip)
          : buildsNothing;
        guesses.note(
          request.ip,
          hashOf(text),
          !('code' in admitted && admitted.code === unknownSession.code),
        );
        if (!('status' in admitted)) return void callers.set(request, admitted);
        if (admitted.status === 401) reply.header('www-authenticate', 'Cargo');
        return sendProblem(request, reply, admitted);
      }
      const isBrowser = text === undefined && sessionDigest(request) !== undefined;
      if (isBrowser && isForeign(request, parts.hostOf(request)))
        return sendProblem(request, reply, foreignPage);
      const token = await tokenOfRequest(request, parts);
      const problem = refusal(token, needs, now());
      if (problem?.status === 401) reply.header('www-authenticate', 'Cargo');
      if (problem !== undefined) return sendProblem(request, reply, problem);
      if (token === undefined) return;
      uses.note(token, now());
      const { role, endsAt } = token;
      callers.set(request, { name: ownerOf(token), role, endsAt, address: request.ip });
    };
}

/**
 * Whether whoever made a request may still do what its route is for: asked where an answer takes long, since tokens end
 * and are revoked.
 */
export async function isStillAdmitted(
  request: FastifyRequest,
  {
    store,
    guesses,
    buildSessions,
    now,
  }: Pick<GuardParts, 'store' | 'guesses' | 'now'> & {
    buildSessions: Pick<BuildSessions, 'isSession' | 'isOpen'>;
  },
): Promise<boolean> {
  const { needs } = request.routeOptions.config;
  if (!callers.has(request) || needs === undefined || needs === 'anything') return true;
  const text = tokenTextOf(request);
  if (text !== undefined && buildSessions.isSession(text)) return await buildSessions.isOpen(text);
  return refusal(await tokenOfRequest(request, { store, guesses, now }), needs, now()) === undefined;
}

/** The token that a request carries; cargo sends it as it stands. */
export function tokenTextOf({ headers }: FastifyRequest): string | undefined {
  return /^(?:Bearer\s+)?(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** Whether a token opens anything at all. */
export type TokenStanding =
  | { readonly kind: 'valid'; readonly token: TokenRecord }
  | { readonly kind: 'ended'; readonly detail: string }
  /** Nobody's, or taken back. */
  | { readonly kind: 'unknown' };

/** How a token stands at `now` (epoch milliseconds). */
export function standingOf(token: TokenRecord | undefined, now: number): TokenStanding {
  if (token === undefined || token.revokedAt !== null) return { kind: 'unknown' };
  const { name, endsAt } = token;
  if (endsAt === null || endsAt > now) return { kind: 'valid', token };
  const detail = `The token of ${name} ended at ${rfc3339(endsAt)}: ask whoever runs the server for another.`;
  return { kind: 'ended', detail };
}

/** What a session of a build opens: crates, and what is said of them. */
const ofBuilds: readonly Permission[] = ['crates:fetch', 'releases:read'];

/** The release whose bytes are asked for. */
function releaseAsked(
  needs: Permission,
  { params }: FastifyRequest,
): { readonly crate: string; readonly version: string } | undefined {
  const { crate, version } = (params ?? {}) as { readonly crate?: string; readonly version?: string };
  return needs !== 'crates:fetch' || crate === undefined || version === undefined
    ? undefined
    : { crate, version };
}

const buildsNothing: Problem = {
  status: 403,
  code: 'server/forbidden',
  detail: 'The session of a build fetches crates, and opens nothing else.',
};

/** Why a token does not open a route; `undefined`: it does. */
function refusal(
  token: TokenRecord | undefined,
  needs: Exclude<Permission, 'anything'>,
  now: number,
): Problem | undefined {
  const standing = standingOf(token, now);
  if (standing.kind === 'unknown') return needs === 'crates:fetch' ? cratesClosed : unauthorised;
  if (standing.kind === 'ended') return { status: 401, code: 'server/unauthorised', detail: standing.detail };
  const { name, role } = standing.token;
  if (mayDo(role, needs)) return undefined;
  const detail = `The token of ${name} is one of the role ${role}: this needs ${rolesFor(needs).join(' or ')}.`;
  return { status: 403, code: 'server/forbidden', detail };
}

/** The same for cargo, which is not given its token in that way. */
const cratesClosed = {
  status: 401,
  code: 'server/unauthorised',
  detail:
    'This mirror gives crates to those who have a token: `cargo login --registry safeguard` takes one that `safeguard token create` made.',
} as const;

/** The answer to an act without a valid token. */
const unauthorised = {
  status: 401,
  code: 'server/unauthorised',
  detail:
    'This needs a valid token: set SAFEGUARD_TOKEN, or run the command where the server keeps its data folder.',
} as const;
