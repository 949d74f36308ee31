import type { FastifyInstance } from 'fastify';
import { trustClock } from '../../registry/clock/duty.ts';
import { unusedHere } from '../../registry/judgement/waivers.ts';
import type { CrateRecord } from '../../store/records.ts';
import { agentVersions } from '../agent-versions.ts';
import {
  type ClockTrustedJson,
  clockTrustedSchema,
  clockTrustSchema,
  type StatusJson,
  statusSchema,
} from '../contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { feedHealth } from '../feed-health.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { sayLate } from '../punctuality.ts';
import { findingJson, rfc3339 } from '../shape.ts';
import { notifyStatus } from './notify.ts';

/** Alarms of crates, as many as are shown. */
const mostStanding = 50;

/** What those who run the server ask: health, metrics, status, the clock. */
export function operationsRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { context } = parts.mirror;

  app.get('/healthz', needs('anything'), (_request, reply) => reply.type('text/plain').send('ok\n'));

  app.get('/readyz', needs('anything'), async (request, reply) => {
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

  app.get('/metrics', needs('anything'), async (_request, reply) =>
    reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics()),
  );

  app.get(
    '/api/v1/status',
    needs('releases:read', { summary: 'Say how the mirror does', answer: statusSchema }),
    async (_request, reply) => {
      const [counts, due, partly, agents] = await Promise.all([
        parts.store.counts(),
        parts.store.nextDue(),
        parts.store.partlyRead(mostStanding),
        agentVersions(parts.store.sightings),
      ]);
      const late = new Set(parts.punctuality.late().map(({ loop }) => loop));
      const status: StatusJson = {
        version: parts.version,
        now: rfc3339(context.now()),
        policy: { digest: context.policy.policy.digest, since: rfc3339(context.policy.since) },
        database: parts.database,
        bucket: parts.bucket === undefined ? null : { url: parts.bucket.name, error: parts.bucket.lastError },
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
        feeds: feedHealth(context.feeds),
        loops: parts.punctuality.all().map(({ loop: name, by, excuse }) => ({
          name,
          late: late.has(name),
          by: Math.round(by / 1000),
          excuse: excuse ?? null,
        })),
        agents,
        alarms: [...standing(parts), ...partly.map(standingAlarm), ...parts.log.alarms()].map(
          ({ at, message }) => ({
            at: rfc3339(at),
            message,
          }),
        ),
      };
      return reply.header('cache-control', 'no-store').send(status);
    },
  );

  app.post(
    '/api/v1/clock',
    needs('clock:trust', {
      summary: 'Say that the clock of the server is right',
      body: clockTrustSchema,
      answer: clockTrustedSchema,
    }),
    async (request, reply) => {
      const actor = callerOf(request);
      const body = clockTrustSchema.safeParse(request.body);
      if (!body.success) {
        const detail = 'Give JSON with a reason.';
        return badRequest(request, reply, detail);
      }
      await trustClock(context, actor, body.data.reason);
      parts.log.info(`${actor.name} says that the clock is right`);
      parts.wake();
      const answer: ClockTrustedJson = {
        message: `The clock of this server is believed: it is ${rfc3339(context.now())}.`,
      };
      return reply.send(answer);
    },
  );
}

/** Alarms that stand now, whenever they were raised. */
function standing({ mirror, punctuality }: ServerParts): { at: number; message: string }[] {
  const { context } = mirror;
  const doubt = context.clock.doubt();
  const messages = [...(doubt === undefined ? [] : [doubt.reason]), ...punctuality.late().map(sayLate)];
  return messages.map((message) => ({ at: context.now(), message }));
}

/** What a crate says for as long as its file is not read whole. */
function standingAlarm({ registry, key, checkedAt, lastError }: CrateRecord): {
  at: number;
  message: string;
} {
  return { at: checkedAt ?? 0, message: `${key} of ${registry}: ${lastError ?? ''}` };
}
