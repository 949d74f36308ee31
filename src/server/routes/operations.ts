import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { isSamePerson } from '../../policy/people.ts';
import { trustClock } from '../../registry/clock/duty.ts';
import { unusedHere } from '../../registry/judgement/waivers.ts';
import { endingToken } from '../../registry/tokens.ts';
import type { CrateRecord } from '../../store/records.ts';
import { issueToken, personOf } from '../auth.ts';
import { type ClockTrustedJson, clockTrustSchema, type StatusJson, tokenScopes } from '../contract.ts';
import { sendProblem } from '../errors.ts';
import type { ServerParts } from '../parts.ts';
import { sayLate } from '../punctuality.ts';
import { findingJson, rfc3339 } from '../shape.ts';
import { notifyStatus } from './notify.ts';
import { unauthorised } from './quarantine.ts';

const tokenBody = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/),
  scope: z.enum(tokenScopes).default('all'),
});

/** Alarms of crates, as many as are shown. */
const mostStanding = 50;

/** What those who run the server ask: health, metrics, status, tokens. */
export function operationsRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { context } = parts.mirror;

  app.get('/healthz', (_request, reply) => reply.type('text/plain').send('ok\n'));

  app.get('/readyz', async (request, reply) => {
    // First: a database that hangs would keep the question waiting.
    context.freshness.check();
    const late = parts.punctuality.late();
    if (late.length > 0) {
      const detail = late.map(sayLate).join('; ');
      return sendProblem(request, reply, { status: 503, code: 'server/late', detail });
    }
    await parts.store.lastSeq();
    const waiting = parts.punctuality.all().flatMap(({ excuse }) => excuse ?? []);
    return reply.type('text/plain').send(['ready', ...new Set(waiting), ''].join('\n'));
  });

  app.get('/metrics', async (_request, reply) =>
    reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics()),
  );

  app.get('/api/v1/status', async (_request, reply) => {
    const [counts, due, partly] = await Promise.all([
      parts.store.counts(),
      parts.store.nextDue(),
      parts.store.partlyRead(mostStanding),
    ]);
    const status: StatusJson = {
      version: parts.version,
      now: rfc3339(context.now()),
      policy: { digest: context.policy.policy.digest, since: rfc3339(context.policy.since) },
      database: parts.database,
      upstreams: [...context.upstreams.values()].map(({ name, index, health }) => ({
        name,
        index,
        reachable: health.reachable,
        lastError: health.lastError,
        lastContact: health.lastContact === null ? null : rfc3339(health.lastContact),
      })),
      crates: counts.crates,
      failing: counts.failing,
      releases: { ...counts.releases },
      nextPoll: due.poll === null ? null : rfc3339(due.poll),
      nextJudgement: due.judge === null ? null : rfc3339(due.judge),
      notify: await notifyStatus(parts),
      waivers: (await unusedHere(context)).map(findingJson),
      alarms: [...standing(parts), ...partly.map(standingAlarm), ...parts.log.alarms()].map(
        ({ at, message }) => ({
          at: rfc3339(at),
          message,
        }),
      ),
    };
    return reply.header('cache-control', 'no-store').send(status);
  });

  app.post('/api/v1/clock', async (request, reply) => {
    const by = await personOf(parts.store, request);
    if (by === undefined) return sendProblem(request, reply, unauthorised);
    const body = clockTrustSchema.safeParse(request.body);
    if (!body.success) {
      const detail = 'Give JSON with a reason.';
      return sendProblem(request, reply, { status: 400, code: 'server/bad-request', detail });
    }
    await trustClock(context, by, body.data.reason);
    parts.log.info(`${by} says that the clock is right`);
    parts.wake();
    const answer: ClockTrustedJson = {
      message: `The clock of this server is believed: it is ${rfc3339(context.now())}.`,
    };
    return reply.send(answer);
  });

  app.get('/api/v1/tokens', async (request, reply) => {
    if ((await personOf(parts.store, request)) === undefined)
      return sendProblem(request, reply, unauthorised);
    const tokens = (await parts.store.tokens()).map(({ name, at, revokedAt, scope }) => ({
      name,
      scope,
      created: rfc3339(at),
      revoked: revokedAt === null ? null : rfc3339(revokedAt),
    }));
    return reply.send({ tokens });
  });

  app.post('/api/v1/tokens', async (request, reply) => {
    if ((await personOf(parts.store, request)) !== 'admin') return sendProblem(request, reply, unauthorised);
    const body = tokenBody.safeParse(request.body);
    if (!body.success || (await isActive(parts, body.data.name))) {
      const detail =
        'Give a new name: letters, digits, ".", "_", "@" and "-", at most 64, not in use in either case.';
      return sendProblem(request, reply, { status: 400, code: 'server/bad-request', detail });
    }
    const { name, scope } = body.data;
    const token = await endingToken(context, name, (tx) => issueToken(tx, name, context.now(), scope));
    parts.log.info(`a token was made for ${name}`);
    return reply.status(201).header('cache-control', 'no-store').send({ name, token });
  });

  app.delete<{ Params: { name: string } }>('/api/v1/tokens/:name', async (request, reply) => {
    if ((await personOf(parts.store, request)) !== 'admin') return sendProblem(request, reply, unauthorised);
    const { name } = request.params;
    const revoked = await endingToken(context, name, (tx) => tx.revokeToken(name, context.now()));
    if (!revoked)
      return sendProblem(request, reply, {
        status: 404,
        code: 'server/no-token',
        detail: `There is no token ${name}.`,
      });
    parts.log.info(`the token of ${name} was revoked`);
    return reply.send({ name });
  });
}

/** Alarms that stand now, whenever they were raised. */
function standing({ mirror, punctuality }: ServerParts): { at: number; message: string }[] {
  const { context } = mirror;
  const doubt = context.clock.doubt();
  const messages = [...(doubt === undefined ? [] : [doubt.reason]), ...punctuality.late().map(sayLate)];
  return messages.map((message) => ({ at: context.now(), message }));
}

async function isActive(parts: ServerParts, name: string): Promise<boolean> {
  return (await parts.store.tokens()).some(
    (token) => isSamePerson(token.name, name) && token.revokedAt === null,
  );
}

/** What a crate says for as long as its file is not read whole. */
function standingAlarm({ registry, key, checkedAt, lastError }: CrateRecord): {
  at: number;
  message: string;
} {
  return { at: checkedAt ?? 0, message: `${key} of ${registry}: ${lastError ?? ''}` };
}
