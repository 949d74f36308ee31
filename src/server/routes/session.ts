import type { FastifyInstance } from 'fastify';
import type { TokenRecord } from '../../store/records.ts';
import { baseUrl, hostOf } from '../address.ts';
import {
  newLinkRequestSchema,
  newLinkSchema,
  type SessionJson,
  sessionSchema,
  signedOutSchema,
  signInSchema,
} from '../contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { callerOf, standingOf, tokenOfRequest } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import { permissionsOf } from '../identity/roles.ts';
import {
  beginPersonSession,
  beginSession,
  foreignPage,
  isForeign,
  lifetime,
  sessionDigest,
  signedOutCookie,
} from '../identity/sessions.ts';
import { hashOf, ownerOf, randomSecret } from '../identity/tokens.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

/** Milliseconds in which a link is to be opened. */
const linkTime = 15 * 60_000;

/** Browsers sign in with a token once, and are known by a cookie from then on: no page holds a token. */
export function sessionRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { store, isClosed, guesses } = parts;
  const { now } = parts.mirror.context;

  const answerOf = (token: TokenRecord | undefined): SessionJson => ({
    who:
      token === undefined
        ? null
        : {
            name: ownerOf(token),
            role: token.role,
            ends: token.endsAt === null ? null : rfc3339(token.endsAt),
          },
    may: [...permissionsOf(token?.role, isClosed)],
    provider: parts.provider === undefined ? null : new URL(parts.provider.section.issuer).host,
  });

  app.get(
    '/api/v1/session',
    needs('anything', { summary: 'Say who is signed in, and what they may do', answer: sessionSchema }),
    async (request, reply) => {
      const standing = standingOf(await tokenOfRequest(request, { store, guesses, now }), now());
      return reply.send(answerOf(standing.kind === 'valid' ? standing.token : undefined));
    },
  );

  app.post(
    '/api/v1/session',
    needs('anything', {
      summary: 'Sign a browser in with a token',
      body: signInSchema,
      answer: sessionSchema,
      refusals: [401, 403],
    }),
    async (request, reply) => {
      const body = signInSchema.safeParse(request.body);
      if (!body.success) return badRequest(request, reply, 'Give JSON with token or link.');
      // Else a page of another place could sign somebody in under a name that is not theirs.
      if (isForeign(request, hostOf(parts, request))) return sendProblem(request, reply, foreignPage);
      const waits = guesses.refusal(request.ip);
      if (waits !== undefined) return sendProblem(request, reply, waits);
      if ('link' in body.data) {
        const taken = await signInByLink(body.data.link);
        if (taken !== undefined) return reply.header('set-cookie', taken.cookie).send(taken.session);
        guesses.failed(request.ip);
        const detail = 'This link was used already, or its time is over: ask for another.';
        return sendProblem(request, reply, { status: 401, code: 'server/unauthorised', detail });
      }
      const standing = standingOf(await store.tokenOf(hashOf(body.data.token)), now());
      if (standing.kind !== 'valid') {
        guesses.failed(request.ip);
        const detail =
          standing.kind === 'ended'
            ? standing.detail
            : 'This server knows no such token: `safeguard token create NAME --role reviewer` makes one.';
        return sendProblem(request, reply, { status: 401, code: 'server/unauthorised', detail });
      }
      const { token } = standing;
      const cookie = await store.write((tx) => beginSession(tx, token.hash, now()));
      parts.tokenUses.note(token, now());
      return reply.header('set-cookie', cookie).send(answerOf(token));
    },
  );

  /** Takes a link, which nobody can take again. */
  async function signInByLink(
    link: string,
  ): Promise<{ readonly cookie: string; readonly session: SessionJson } | undefined> {
    return await store.write(async (tx) => {
      const at = now();
      const taken = await tx.takeSignInLink(hashOf(link), at);
      if (taken === undefined) return undefined;
      const { name, role } = taken;
      const cookie = await beginPersonSession(tx, taken, at, lifetime);
      const endsAt = at + lifetime;
      const token = { name, owner: null, role, hash: '', at, endsAt, revokedAt: null, usedAt: null };
      return { cookie, session: answerOf(token) };
    });
  }

  app.post(
    '/api/v1/sign-in-links',
    needs('tokens:manage', {
      summary: 'Make a link that signs somebody in once, within a quarter of an hour',
      body: newLinkRequestSchema,
      answer: newLinkSchema,
      secret: true,
      refusals: [404, 409],
      statuses: [201],
    }),
    async (request, reply) => {
      const body = newLinkRequestSchema.safeParse(request.body);
      const base = baseUrl(parts, request);
      if (!body.success || base === undefined)
        return badRequest(
          request,
          reply,
          'Give JSON with name (letters, digits, ".", "_", "@", "-") and role.',
        );
      const { name, role } = body.data;
      const secret = randomSecret();
      const at = now();
      const endsAt = at + linkTime;
      await store.write(async (tx) => {
        await tx.putSignInLink({ digest: hashOf(secret), name, role, endsAt });
        const after = { role, ends: rfc3339(endsAt) };
        const event = { at, action: 'link.created', subject: name, before: null, after } as const;
        await parts.mirror.context.auditor?.noteOf(tx, callerOf(request), event);
      });
      // Behind the #, it is sent to no server and stands in no log.
      const link = `${base}/sign-in#once=${secret}`;
      return reply.status(201).send({ name, role, link, ends: rfc3339(endsAt) });
    },
  );

  app.delete(
    '/api/v1/session',
    needs('anything', { summary: 'Sign a browser out', answer: signedOutSchema, refusals: [403] }),
    async (request, reply) => {
      const digest = sessionDigest(request);
      if (digest !== undefined) {
        if (isForeign(request, hostOf(parts, request))) return sendProblem(request, reply, foreignPage);
        await store.write((tx) => tx.endWebSession(digest));
      }
      return reply.header('set-cookie', signedOutCookie).send({ message: 'Signed out.' });
    },
  );
}
