import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { reportVersion } from '../../agent/report.ts';
import { badRequest, sendProblem } from '../errors.ts';
import {
  type HostsJson,
  hostsSchema,
  type RetiredJson,
  retiredSchema,
  retireSchema,
} from '../host-contract.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

const text = z.string().min(1).max(300).optional();

const listQuery = z.strictObject({
  host: text,
  environment: text,
  team: text,
  state: z.enum(['reporting', 'retired']).optional(),
  after: z.string().min(1).max(253).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Hosts that report what they run, and those that were taken out of service. */
export function hostRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { store, mirror } = parts;

  app.get(
    '/api/v1/hosts',
    needs('sightings:read', { summary: 'List hosts by name', query: listQuery, answer: hostsSchema }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give host, environment, team, state (reporting or retired), after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const found = await store.sightings.hosts(query.data);
      const answer: HostsJson = {
        hosts: found.map((one) => ({
          host: one.name,
          environment: one.environment,
          team: one.team,
          service: one.service,
          seen: rfc3339(one.seenAt),
          by: one.by,
          agent: { version: one.version, newer: one.version > reportVersion },
          processes: one.processes,
          unread: one.unread,
          exposures: one.exposures,
          retired: one.retiredAt === null ? null : { at: rfc3339(one.retiredAt), by: one.retiredBy ?? '' },
        })),
        next: found.length < query.data.limit ? null : (found.at(-1)?.name ?? null),
      };
      return reply.send(answer);
    },
  );

  app.post(
    '/api/v1/hosts/retire',
    needs('hosts:retire', {
      summary: 'Take a host out of service: nothing runs on it any more',
      body: retireSchema,
      answer: retiredSchema,
      refusals: [404],
    }),
    async (request, reply) => {
      const body = retireSchema.safeParse(request.body);
      if (!body.success) return badRequest(request, reply, 'Give JSON with host and reason.');
      const { host, reason } = body.data;
      const actor = callerOf(request);
      const at = mirror.context.now();
      const ended = await store.write(async (tx) => {
        const result = await tx.retireHost(host, { by: actor.name, at });
        if (result !== undefined)
          await mirror.context.auditor?.noteOf(tx, actor, {
            at,
            action: 'host.retired',
            subject: host,
            before: { processes: result.processes },
            after: { reason },
          });
        return result;
      });
      if (ended === undefined) {
        const detail = `There is no host ${host} in service; \`safeguard inventory hosts\` names them.`;
        return sendProblem(request, reply, { status: 404, code: 'inventory/no-host', detail });
      }
      parts.wake();
      const answer: RetiredJson = { host, processes: ended.processes };
      return reply.send(answer);
    },
  );
}
