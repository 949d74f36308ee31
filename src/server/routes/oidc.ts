import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endingToken } from '../../registry/tokens.ts';
import { baseUrl } from '../address.ts';
import { sendProblem } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import { type Going, NoRole, OidcError } from '../identity/oidc.ts';
import { beginPersonSession, cookieOf } from '../identity/sessions.ts';
import type { ServerParts } from '../parts.ts';

const beginPath = '/sign-in/oidc';
const backPath = '/sign-in/oidc/callback';

/** What a browser keeps on its way. `Lax`: it comes back from a page of the provider's. */
const going = '__Host-safeguard-going';
const cookie = (value: string, seconds: number) =>
  `${going}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
/** Seconds that somebody has at the provider. */
const wait = 600;

/** Signing in at the organisation's provider: there, and back. */
export function oidcRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { provider, store, log, mirror } = parts;
  const { now, auditor } = mirror.context;

  const refuse = (reply: FastifyReply, error: unknown) => {
    const code = error instanceof OidcError ? error.code : 'refused';
    log.trouble(`sign-in: ${error instanceof Error ? error.message : String(error)}`, { code });
    return reply.header('set-cookie', cookie('', 0)).redirect(`/sign-in?refused=${code}`);
  };

  app.get<{ Querystring: { back?: string } }>(beginPath, needs('anything'), async (request, reply) => {
    const base = baseUrl(parts, request);
    if (provider === undefined || base === undefined) return noProvider(request, reply);
    const { back } = request.query;
    try {
      const begun = await provider.begin(base + backPath, isOwn(back) ? back : '/');
      const kept = Buffer.from(JSON.stringify(begun.going)).toString('base64url');
      return reply.header('set-cookie', cookie(kept, wait)).redirect(begun.url.href);
    } catch (error) {
      return refuse(reply, error);
    }
  });

  app.get(backPath, needs('anything'), async (request, reply) => {
    const base = baseUrl(parts, request);
    if (provider === undefined || base === undefined) return noProvider(request, reply);
    const kept = goingOf(request);
    try {
      if (kept === undefined) throw new OidcError('stale', 'somebody came back who did not begin here');
      const [, query = ''] = request.url.split(/\?(.*)/s);
      const person = await provider.finish(new URL(`${base}${backPath}?${query}`), kept);
      const lifetime = provider.section['session-time'];
      const at = now();
      const signedIn = await store.write(async (tx) => {
        const event = { at, action: 'person.signed-in', subject: person.name, before: null } as const;
        const after = { role: person.role, by: provider.section.issuer };
        const actor = { name: person.name, role: person.role, address: request.ip, endsAt: null };
        await auditor?.noteOf(tx, actor, { ...event, after });
        return await beginPersonSession(tx, person, at, lifetime);
      });
      log.info(`${person.name} signed in, with the role ${person.role}`);
      return reply
        .header('set-cookie', [cookie('', 0), signedIn])
        .redirect(isOwn(kept.back) ? kept.back : '/');
    } catch (error) {
      // Whoever is in no group any more is signed in nowhere any more.
      if (error instanceof NoRole)
        await endingToken(mirror.context, error.person, (tx) => tx.endSessionsOf(error.person, now()));
      return refuse(reply, error);
    }
  });
}

function noProvider(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const detail = 'This server knows no provider: sign in with a token, or name one as [oidc] in server.toml.';
  return sendProblem(request, reply, { status: 404, code: 'server/no-provider', detail });
}

/** A page of this server. */
function isOwn(path: string | undefined): path is string {
  return path !== undefined && /^\/(?![/\\])[!-~]*$/.test(path);
}

function goingOf(request: FastifyRequest): Going | undefined {
  try {
    const kept = JSON.parse(
      Buffer.from(cookieOf(request, going) ?? '', 'base64url').toString('utf8'),
    ) as Partial<Going>;
    const { state, nonce, verifier, back } = kept;
    const texts = [state, nonce, verifier, back];
    return texts.every((text) => typeof text === 'string' && text !== '') ? (kept as Going) : undefined;
  } catch {
    return undefined;
  }
}
