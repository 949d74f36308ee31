import type { FastifyInstance } from 'fastify';
import { CargoError } from '../../cargo/error.ts';
import { closedSchema, exchangedSchema, exchangeRequestSchema } from '../build-sessions/contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { tokenTextOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

/** Bytes of a request with a Cargo.lock. */
const most = 8 * 1024 * 1024;

/** Sessions of builds: what proves who somebody is comes in the body, and counts once. */
export function buildSessionRoutes(app: FastifyInstance, { buildSessions: sessions }: ServerParts): void {
  app.post(
    '/api/v1/build-sessions',
    {
      bodyLimit: most,
      ...needs('anything', {
        summary: 'Exchange a CI’s token, or a key, for what one build fetches',
        body: exchangeRequestSchema,
        answer: exchangedSchema,
        refusals: [401, 403],
        statuses: [201],
      }),
    },
    async (request, reply) => {
      const body = exchangeRequestSchema.safeParse(request.body);
      const detail =
        'Give identity (the token of a CI) or key (made by `safeguard token create NAME --role build`), and lockfile (the text of Cargo.lock).';
      if (!body.success) return badRequest(request, reply, detail);
      const { identity, key, lockfile } = body.data;
      try {
        const brought = identity === undefined ? { key: key ?? '' } : { identity };
        const opened = await sessions.exchange(brought, lockfile, request.ip);
        if ('status' in opened) return sendProblem(request, reply, opened);
        const { endsAt, ...rest } = opened;
        return reply.status(201).send({ ...rest, ends: rfc3339(endsAt) });
      } catch (error) {
        if (!(error instanceof CargoError)) throw error;
        return badRequest(request, reply, `The lockfile does not read: ${error.message}`);
      }
    },
  );

  app.delete(
    '/api/v1/build-sessions',
    needs('anything', {
      summary: 'End the session that the request carries',
      answer: closedSchema,
      refusals: [401],
    }),
    async (request, reply) => {
      const problem = await sessions.close(tokenTextOf(request) ?? '', request.ip);
      if (problem !== undefined) return sendProblem(request, reply, problem);
      return reply.send({ closed: true });
    },
  );
}
