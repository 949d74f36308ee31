import type { FastifyInstance } from 'fastify';
import type { TokenRecord } from '../../store/records.ts';
import { hostOf } from '../address.ts';
import { type SessionJson, sessionSchema, signedOutSchema, signInSchema } from '../contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { standingOf, tokenOfRequest } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import { permissionsOf } from '../identity/roles.ts';
import {
  beginSession,
  foreignPage,
  isForeign,
  sessionDigest,
  signedOutCookie,
} from '../identity/sessions.ts';
import { SignInAttempts } from '../identity/sign-in-attempts.ts';
import { hashOf } from '../identity/tokens.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

/** Browsers sign in with a token once, and are known by a cookie from then on: no page holds a token. */
export function sessionRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { store, isClosed } = parts;
  const { now } = parts.mirror.context;
  const attempts = new SignInAttempts(now);

  const answerOf = (token: TokenRecord | undefined): SessionJson => ({
    who:
      token === undefined
        ? null
        : {
            name: token.name,
            role: token.role,
            ends: token.endsAt === null ? null : rfc3339(token.endsAt),
          },
    may: [...permissionsOf(token?.role, isClosed)],
  });

  app.get(
    '/api/v1/session',
    needs('anything', { summary: 'Say who is signed in, and what they may do', answer: sessionSchema }),
    async (request, reply) => {
      const standing = standingOf(await tokenOfRequest(request, { store, now }), now());
      return reply.send(answerOf(standing.kind === 'valid' ? standing.token : undefined));
    },
  );

  app.post(
    '/api/v1/session',
    needs('anything', {
      summary: 'Sign a browser in with a token',
      body: signInSchema,
      answer: sessionSchema,
    }),
    async (request, reply) => {
      const body = signInSchema.safeParse(request.body);
      if (!body.success) return badRequest(request, reply, 'Give JSON with token.');
      // Else a page of another place could sign somebody in under a name that is not theirs.
      if (isForeign(request, hostOf(parts, request))) return sendProblem(request, reply, foreignPage);
      const wait = attempts.wait(request.ip);
      if (wait > 0) {
        const detail = `Too many tokens were tried from this address: try again in ${wait} s.`;
        return sendProblem(request, reply, {
          status: 429,
          code: 'server/too-many-attempts',
          detail,
          retryAfter: wait,
        });
      }
      const standing = standingOf(await store.tokenOf(hashOf(body.data.token)), now());
      if (standing.kind !== 'valid') {
        attempts.failed(request.ip);
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

  app.delete(
    '/api/v1/session',
    needs('anything', { summary: 'Sign a browser out', answer: signedOutSchema }),
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
