import type { FastifyInstance } from 'fastify';
import { GateError } from '../../gate/error.ts';
import { maxLockfileBytes, parseNamed } from '../../gate/project/lockfile-reader.ts';
import {
  type ChangesListJson,
  changesListSchema,
  changesQuerySchema,
  type KeptChangeJson,
  keptChangeSchema,
  toldAnswerSchema,
  toldChangeSchema,
} from '../changes-contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import { keepChange, outlineJson } from '../kept-changes.ts';
import type { ServerParts } from '../parts.ts';

/** Verdicts on changes that were given before: kept, listed, shown again. */
export function changeRoutes(app: FastifyInstance, { store, mirror }: ServerParts): void {
  app.get(
    '/api/v1/changes',
    needs('changes:read', {
      summary: 'List the verdicts on changes that were given, the newest first',
      query: changesQuerySchema,
      answer: changesListSchema,
    }),
    async (request, reply) => {
      const query = changesQuerySchema.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give verdict (allow, hold, review or deny), name, after and limit up to 500; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { after: before, ...rest } = query.data;
      const found = await store.changes.list({ ...rest, before });
      const last = found.at(-1);
      const answer: ChangesListJson = {
        changes: found.map(outlineJson),
        next: found.length < rest.limit || last === undefined ? null : String(last.id),
      };
      return reply.send(answer);
    },
  );

  app.post(
    '/api/v1/changes/told',
    {
      bodyLimit: 3 * maxLockfileBytes,
      ...needs('changes:keep', {
        summary: 'Keep a verdict that was given where the project is',
        most: 600,
        body: toldChangeSchema,
        answer: toldAnswerSchema,
        refusals: [422],
      }),
    },
    async (request, reply) => {
      const body = toldChangeSchema.safeParse(request.body);
      if (!body.success) {
        const detail =
          'Give JSON with name, file, compared, lockfile and report (a verdict); `safeguard check --keep` writes it.';
        return badRequest(request, reply, detail);
      }
      try {
        const { lockfile, base, file } = body.data;
        for (const text of [lockfile, base]) if (text !== undefined) parseNamed(Buffer.from(text), file);
      } catch (error) {
        if (!(error instanceof GateError)) throw error;
        return sendProblem(request, reply, { status: 422, code: error.code, detail: error.message });
      }
      const { name: by } = callerOf(request);
      const told = { base: undefined, ...body.data, by, judged: 'project' } as const;
      return reply.send({ id: await keepChange(store, told, mirror.context.now()) });
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/changes/:id',
    needs('changes:read', {
      summary: 'Show a verdict on a change again',
      answer: keptChangeSchema,
      refusals: [404],
    }),
    async (request, reply) => {
      const found = await store.changes.find(request.params.id);
      if (found === undefined) {
        const detail = 'No such change is kept here: it may be too old.';
        return sendProblem(request, reply, { status: 404, code: 'server/no-change', detail });
      }
      const report = JSON.parse(found.report) as KeptChangeJson['report'];
      return reply.send({ ...outlineJson(found), report });
    },
  );
}
