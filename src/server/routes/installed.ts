import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type InstalledBinary, type InstalledQuery, standings } from '../../store/sightings/store.ts';
import { badRequest } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';
import { type InstalledJson, installedSchema, nameds } from '../sighting-contract.ts';

const cursor = z.tuple([z.string(), z.string(), z.enum(nameds), z.string()]);

const listQuery = z.strictObject({
  host: z.string().min(1).max(253).optional(),
  standing: z.enum(standings).optional(),
  after: z.string().max(40_000).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Programs that are on disk, and that no process runs: of known artefacts, and of nobody's. */
export function installedRoutes(app: FastifyInstance, { store }: ServerParts): void {
  app.get(
    '/api/v1/installed',
    needs('sightings:read', {
      summary: 'List programs that are installed on hosts and were not seen running',
      query: listQuery,
      answer: installedSchema,
    }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      const after = placeIn(query.data?.after);
      if (!query.success || after === 'none') {
        const detail =
          'Give host, standing (tampered, known, stripped, changed or unknown), after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const found = await store.sightings.installed({ ...query.data, after });
      const last = found.at(-1);
      const answer: InstalledJson = {
        programs: found.map(programJson),
        next: found.length < query.data.limit || last === undefined ? null : cursorOf(last),
      };
      return reply.send(answer);
    },
  );
}

function programJson({ host, path, digest, buildId, standing, named, by, since }: InstalledBinary) {
  const { name, environment, team, service, seenAt } = host;
  const at = { host: name, environment, team, service, path, since: rfc3339(since), seen: rfc3339(seenAt) };
  return { ...at, digest, buildId, standing, named, by };
}

function cursorOf({ host, path, named, by }: InstalledBinary): string {
  return Buffer.from(JSON.stringify([host.name, path, named, by])).toString('base64url');
}

/** `none`: it is no cursor of this list. */
function placeIn(text: string | undefined): InstalledQuery['after'] | 'none' {
  if (text === undefined) return undefined;
  try {
    const read = cursor.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (!read.success) return 'none';
    const [host, path, named, by] = read.data;
    return { host, path, named, by };
  } catch {
    return 'none';
  }
}
