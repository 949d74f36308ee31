import type { FastifyInstance } from 'fastify';
import { GateError } from '../../gate/error.ts';
import { maxLockfileBytes, parseNamed } from '../../gate/project/lockfile-reader.ts';
import { artefactAt, contentsOf } from '../../inventory/lookup.ts';
import { ownIndexes } from '../address.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { type GraphJson, graphQuerySchema, graphRequestSchema, graphSchema } from '../graph-contract.ts';
import { artefactGraph, lockfileGraph } from '../graphs.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

/** Lockfiles as graphs: of a kept change, of an artefact, or one that is sent and kept nowhere. */
export function graphRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { store } = parts;

  app.get(
    '/api/v1/graph',
    needs('graph:read', {
      summary: 'Show the graph of a kept change’s lockfile, or of what an artefact is made of',
      query: graphQuerySchema,
      answer: graphSchema,
      refusals: [404, 409, 422],
    }),
    async (request, reply) => {
      const query = graphQuerySchema.safeParse(request.query);
      const { change, side = 'after', artefact } = query.data ?? {};
      if ((change === undefined) === (artefact === undefined)) {
        const detail = 'Give change (with side: after or before) or artefact, one of them.';
        return badRequest(request, reply, detail);
      }
      if (artefact !== undefined) {
        const contents = await contentsOf(store.inventory, await artefactAt(store.inventory, artefact));
        const { name, version } = contents.artefact;
        const title = version === null ? name : `${name} ${version}`;
        const nodes = [...(await artefactGraph(parts, contents))];
        return reply.send({ title, nodes, before: false } satisfies GraphJson);
      }
      const found = await store.changes.find(change ?? '');
      const text = side === 'before' ? found?.base : found?.lockfile;
      if (found === undefined || text == null) {
        const detail = 'No such lockfile is kept here: it may be too old, or nobody sent it.';
        return sendProblem(request, reply, { status: 404, code: 'server/no-change', detail });
      }
      const { lockfile } = parseNamed(Buffer.from(text), found.file);
      const nodes = [...(await lockfileGraph(parts, lockfile, ownIndexes(parts, request)))];
      return reply.send({ title: found.name, nodes, before: found.base !== null } satisfies GraphJson);
    },
  );

  app.post(
    '/api/v1/graph',
    {
      bodyLimit: 2 * maxLockfileBytes,
      ...needs('graph:read', {
        summary: 'Show the graph of a lockfile that is sent; it is kept nowhere',
        most: 600,
        body: graphRequestSchema,
        answer: graphSchema,
        refusals: [422],
      }),
    },
    async (request, reply) => {
      const body = graphRequestSchema.safeParse(request.body);
      if (!body.success)
        return badRequest(request, reply, 'Give JSON with lockfile, the text of a Cargo.lock.');
      try {
        const { lockfile } = parseNamed(Buffer.from(body.data.lockfile), 'Cargo.lock');
        const nodes = [...(await lockfileGraph(parts, lockfile, ownIndexes(parts, request)))];
        return await reply.send({ title: 'Cargo.lock', nodes, before: false } satisfies GraphJson);
      } catch (error) {
        if (!(error instanceof GateError)) throw error;
        return sendProblem(request, reply, { status: 422, code: error.code, detail: error.message });
      }
    },
  );
}
