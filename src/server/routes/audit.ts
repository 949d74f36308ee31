import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type AuditJson, auditSchema } from '../audit/contract.ts';
import { entryJson, headJson } from '../audit/shape.ts';
import { badRequest } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

const query = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
});

/** Who decided what, oldest first. */
export function auditRoutes(app: FastifyInstance, { store }: ServerParts): void {
  app.get(
    '/api/v1/audit',
    needs('audit:read', { summary: 'Say who decided what, oldest first', query, answer: auditSchema }),
    async (request, reply) => {
      const asked = query.safeParse(request.query);
      if (!asked.success) {
        const detail = 'Give after (the number of an entry) and limit up to 1000; both optional.';
        return badRequest(request, reply, detail);
      }
      // The head first: entries that come meanwhile are no fault of the log.
      const head = await store.auditHead();
      const found = await store.auditEntries(asked.data);
      const last = found.at(-1);
      const answer: AuditJson = {
        entries: found.map(entryJson),
        head: head === undefined ? null : headJson(head),
        next: last === undefined || found.length < asked.data.limit ? null : String(last.seq),
      };
      return reply.send(answer);
    },
  );
}
