import type { FastifyInstance } from 'fastify';
import { isSamePerson } from '../../policy/people.ts';
import { endingToken } from '../../registry/tokens.ts';
import type { TokenRecord } from '../../store/records.ts';
import {
  endedTokenSchema,
  newTokenRequestSchema,
  newTokenSchema,
  type TokensJson,
  tokensSchema,
} from '../contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import { issueToken, ownerOf } from '../identity/tokens.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

/** Tokens: who has one, for what and until when; made and ended by an admin. */
export function tokenRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { context } = parts.mirror;

  app.get(
    '/api/v1/tokens',
    needs('tokens:read', { summary: 'List tokens by name', answer: tokensSchema }),
    async (_request, reply) => {
      await parts.tokenUses.flush();
      const answer: TokensJson = { tokens: (await parts.store.tokens()).map(tokenJson) };
      return reply.send(answer);
    },
  );

  app.post(
    '/api/v1/tokens',
    needs('tokens:manage', {
      summary: 'Make a token, which is shown this once',
      body: newTokenRequestSchema,
      answer: newTokenSchema,
      secret: true,
      statuses: [201],
    }),
    async (request, reply) => {
      const body = newTokenRequestSchema.safeParse(request.body);
      const now = context.now();
      if (!body.success || (await isActive(parts, body.data.name, now))) {
        const detail =
          'Give a new name (letters, digits, ".", "_", "@" and "-", at most 64, not in use in either case), a role and, where it is to end by itself, until (a day or a time); owner is whose it is, where that is another name.';
        return badRequest(request, reply, detail);
      }
      const { name, owner = null, role, until } = body.data;
      const endsAt = until === undefined ? null : Date.parse(until);
      if (endsAt !== null && endsAt <= now) {
        const detail = 'That time is over: give a day that is still to come.';
        return badRequest(request, reply, detail);
      }
      const actor = callerOf(request);
      const token = await endingToken(context, owner ?? name, async (tx) => {
        const after = {
          ...(owner === null ? {} : { owner }),
          role,
          ends: endsAt === null ? null : rfc3339(endsAt),
        };
        const made = { at: now, action: 'token.created', subject: name, before: null, after } as const;
        await context.auditor?.noteOf(tx, actor, made);
        return await issueToken(tx, { name, owner, role, at: now, endsAt });
      });
      parts.log.info(`${actor.name} made a token for ${name}, of the role ${role}`);
      return reply.status(201).send({ name, token });
    },
  );

  app.delete<{ Params: { name: string } }>(
    '/api/v1/tokens/:name',
    needs('tokens:manage', {
      summary: 'End a token, and where somebody of its name is signed in',
      answer: endedTokenSchema,
    }),
    async (request, reply) => {
      const { name } = request.params;
      const actor = callerOf(request);
      const own = (await parts.store.tokens()).find((token) => token.name === name);
      const person = own === undefined ? name : ownerOf(own);
      const revoked = await endingToken(context, person, async (tx) => {
        const at = context.now();
        const [hadToken, sessions] = [await tx.revokeToken(name, at), await tx.endSessionsOf(name, at)];
        if (!hadToken && sessions === 0) return false;
        const ended = { at, action: 'token.revoked', subject: name, before: null, after: null } as const;
        await context.auditor?.noteOf(tx, actor, ended);
        return true;
      });
      if (!revoked) {
        const detail = `There is no token ${name}.`;
        return sendProblem(request, reply, { status: 404, code: 'server/no-token', detail });
      }
      parts.log.info(`${actor.name} revoked the token of ${name}`);
      return reply.send({ name });
    },
  );
}

function tokenJson(token: TokenRecord): TokensJson['tokens'][number] {
  const { name, role, at, endsAt, usedAt, revokedAt } = token;
  return {
    name,
    owner: ownerOf(token),
    role,
    created: rfc3339(at),
    ends: endsAt === null ? null : rfc3339(endsAt),
    used: usedAt === null ? null : rfc3339(usedAt),
    revoked: revokedAt === null ? null : rfc3339(revokedAt),
  };
}

/** Whether somebody of that name has a token that lives. */
async function isActive(parts: ServerParts, name: string, now: number): Promise<boolean> {
  return (await parts.store.tokens()).some(
    (token) =>
      isSamePerson(token.name, name) &&
      token.revokedAt === null &&
      (token.endsAt === null || token.endsAt > now),
  );
}
