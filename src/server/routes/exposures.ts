import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Defines } from '../../inventory/affected/functions.ts';
import { type Exposure, shown } from '../../inventory/exposure/show.ts';
import { knownWord } from '../../store/column.ts';
import { exposureEnds, exposureWays } from '../../store/exposures/records.ts';
import { badRequest } from '../errors.ts';
import { type ExposureJson, type ExposuresJson, exposuresSchema } from '../exposure-contract.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

const text = z.string().min(1).max(300).optional();

const listQuery = z.strictObject({
  state: z.enum(['open', 'closed']).optional(),
  advisory: text,
  host: text,
  environment: text,
  team: text,
  after: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** What runs of what advisories strike, since when and until when. */
export function exposureRoutes(app: FastifyInstance, { store }: ServerParts, defines: Defines): void {
  app.get(
    '/api/v1/exposures',
    needs('sightings:read', {
      summary: 'List what runs of what advisories strike, the newest first',
      query: listQuery,
      answer: exposuresSchema,
    }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give state (open or closed), advisory, host, environment, team, after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { state, after, ...rest } = query.data;
      const isOpen = state === undefined ? undefined : state === 'open';
      const found = await store.exposures.list({ ...rest, isOpen, before: after });
      const last = found.at(-1);
      const answer: ExposuresJson = {
        exposures: (await shown(store.inventory, found, defines)).map(exposureJson),
        next: found.length < rest.limit || last === undefined ? null : String(last.id),
      };
      return reply.send(answer);
    },
  );
}

function exposureJson({ record, component, artefact, struck, path, ranked }: Exposure): ExposureJson {
  const { advisory, host, environment, team, service, way, statedBy, restart, closedAt } = record;
  return {
    id: String(record.id),
    state: closedAt === null ? 'open' : 'closed',
    restart: closedAt === null && restart,
    advisory: struck?.id ?? advisory.replace(/ .*$/s, ''),
    aliases: [...(struck?.aliases ?? [])],
    title: struck?.title ?? null,
    url: struck?.url ?? null,
    component: component?.identity ?? null,
    fixed: struck?.fixed ?? null,
    host,
    environment,
    team,
    service,
    program: record.path,
    way: knownWord(exposureWays, way),
    statedBy,
    artefact:
      artefact === undefined
        ? null
        : { id: artefact.identity, name: artefact.name, target: artefact.target, commit: artefact.commit },
    ranked: ranked ?? null,
    path: [...path],
    knownSince: rfc3339(record.knownSince),
    runningSince: rfc3339(record.runningSince),
    opened: rfc3339(record.openedAt),
    closed: closedAt === null ? null : rfc3339(closedAt),
    ended:
      record.endedBy === null ? null : { by: knownWord(exposureEnds, record.endedBy), why: record.endedWhy },
  };
}
