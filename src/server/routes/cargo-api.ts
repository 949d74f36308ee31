import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { search } from '../../registry/serve/search.ts';
import { registryPath } from '../address.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

const searchQuery = z.object({
  q: z.string().max(200).default(''),
  per_page: z.coerce.number().int().min(1).max(100).default(10),
});

const readOnly =
  'Safeguard is a mirror: it takes no publications and no changes. Publish to the registry itself.';

/** The part of cargo's web API that a mirror has: `cargo search`. Publishing and the like are refused with a sentence. */
export function cargoApiRoutes(app: FastifyInstance, parts: ServerParts, registry: string): void {
  const path = `${registryPath(parts, registry)}/api/v1/crates`;

  app.get(path, needs('crates:fetch'), async (request, reply) => {
    const query = searchQuery.safeParse(request.query);
    if (!query.success) {
      return badRequest(request, reply, 'Give q, and per_page from 1 to 100.');
    }
    const { crates, total } = await search(parts.mirror, registry, query.data.q, query.data.per_page);
    return reply.header('cache-control', 'no-cache').send({ crates, meta: { total } });
  });

  const writes = [
    ['PUT', `${path}/new`],
    ['DELETE', `${path}/:crate/:version/yank`],
    ['PUT', `${path}/:crate/:version/unyank`],
    ['GET', `${path}/:crate/owners`],
    ['PUT', `${path}/:crate/owners`],
    ['DELETE', `${path}/:crate/owners`],
  ] as const;
  app.register(async (scope) => {
    // A `.crate` in a publication is not JSON; it is refused without being read.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const [method, url] of writes) {
      scope.route({
        method,
        url,
        ...needs('anything'),
        handler: (request, reply) =>
          sendProblem(request, reply, { status: 403, code: 'server/read-only', detail: readOnly }),
      });
    }
  });
}
