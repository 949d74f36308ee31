import type { FastifyInstance } from 'fastify';
import { isCrateName } from '../../cargo/index-path.ts';
import { explain } from '../../registry/explain.ts';
import { explanationSchema, registryQuerySchema } from '../contract.ts';
import { badRequest } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { explanationJson } from '../shape.ts';

/** Every fact, every rule that looked, the verdict: of a release, or of a name that no registry has. */
export function explainRoutes(app: FastifyInstance, parts: ServerParts): void {
  type Request = { Params: { crate: string; version?: string }; Querystring: { registry?: string } };
  for (const path of ['/api/v1/explain/:crate', '/api/v1/explain/:crate/:version']) {
    app.get<Request>(
      path,
      needs('releases:read', {
        summary: 'Give every fact, every rule and the verdict on a release',
        query: registryQuerySchema,
        answer: explanationSchema,
        refusals: [502],
      }),
      async (request, reply) => {
        const { crate, version } = request.params;
        if (!isCrateName(crate)) {
          const detail = 'That is no crate name.';
          return badRequest(request, reply, detail);
        }
        parts.mirror.context.freshness.check();
        const registry = request.query.registry ?? parts.defaultRegistry;
        return reply.send(explanationJson(await explain(parts.mirror, registry, crate, version)));
      },
    );
  }
}
