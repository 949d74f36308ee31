import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import type { MirrorContext } from '../../registry/context.ts';
import { type Act, type Acted, block, breakGlass, unblock } from '../../registry/desk.ts';
import { personOf } from '../auth.ts';
import { type ActedJson, quarantineActSchema, type ReleaseReportJson, releaseStates } from '../contract.ts';
import { sendProblem } from '../errors.ts';
import type { ServerParts } from '../parts.ts';
import { insteadJson, logEntryJson, releaseJson } from '../shape.ts';

const listQuery = z.object({
  state: z
    .string()
    .optional()
    .transform((text) => text?.split(',').filter((state) => state !== ''))
    .pipe(z.array(z.enum(releaseStates)).optional()),
  crate: z.string().max(64).optional(),
  registry: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).default(0),
});

const acts = { block, unblock, 'break-glass': breakGlass } satisfies Record<
  string,
  (context: MirrorContext, act: Act) => Promise<Acted>
>;

/** Asking where releases stand, and the acts of people at the quarantine desk. */
export function quarantineRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { context } = parts.mirror;

  app.get<{ Params: { crate: string; version: string }; Querystring: { registry?: string } }>(
    '/api/v1/releases/:crate/:version',
    async (request, reply) => {
      const { crate, version } = request.params;
      const registry = request.query.registry ?? parts.defaultRegistry;
      const standing = isCrateName(crate)
        ? await parts.mirror.standing(registry, crateKey(crate), version)
        : undefined;
      if (standing === undefined) {
        const detail = `${registry} has no ${crate} ${version}.`;
        return sendProblem(request, reply, { status: 404, code: 'server/no-release', detail });
      }
      const log = await parts.store.log({ registry, key: standing.crate.key, version, limit: 1000 });
      const report: ReleaseReportJson = {
        release: releaseJson(standing.record),
        ...(standing.record.state === 'promoted' ? {} : insteadJson(standing.instead)),
        log: log.map(logEntryJson),
      };
      return reply.send(report);
    },
  );

  app.get('/api/v1/quarantine', async (request, reply) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) {
      const detail = `Give state (any of ${releaseStates.join(', ')}), crate, registry, limit up to 1000, offset.`;
      return sendProblem(request, reply, { status: 400, code: 'server/bad-request', detail });
    }
    const { state, crate, registry, limit, offset } = query.data;
    const states = state ?? releaseStates.filter((name) => name !== 'promoted');
    const releases = await parts.store.findReleases({
      registry,
      key: crate === undefined ? undefined : crateKey(crate),
      states,
      limit,
      offset,
    });
    return reply.send({ releases: releases.map(releaseJson) });
  });

  for (const [name, perform] of Object.entries(acts)) {
    app.post(`/api/v1/quarantine/${name}`, async (request, reply) => {
      const by = await personOf(parts.store, request);
      if (by === undefined) return sendProblem(request, reply, unauthorised);
      const act = actOf(request, parts.defaultRegistry, by);
      if (act === undefined) {
        const detail = 'Give JSON with crate, reason and, where one release is meant, version.';
        return sendProblem(request, reply, { status: 400, code: 'server/bad-request', detail });
      }
      const acted = await perform(context, act);
      const body: ActedJson = { message: acted.message, releases: acted.releases.map(releaseJson) };
      return reply.send(body);
    });
  }
}

/** The answer to an act without a valid token. */
export const unauthorised = {
  status: 401,
  code: 'server/unauthorised',
  detail:
    'This needs a valid token: set SAFEGUARD_TOKEN, or run the command where the server keeps its data folder.',
} as const;

function actOf(request: FastifyRequest, registry: string, by: string): Act | undefined {
  const body = quarantineActSchema.safeParse(request.body);
  if (!body.success || !isCrateName(body.data.crate)) return undefined;
  return { ...body.data, registry: body.data.registry ?? registry, by };
}
