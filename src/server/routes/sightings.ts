import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type HostMessage, reportVersion } from '../../agent/report.ts';
import { positionsHold, takeReport } from '../../inventory/sightings.ts';
import { type ProcessPlace, type StandingProcess, standings } from '../../store/sightings/store.ts';
import { badRequest, sendProblem, whereWrong } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import { otherTeller } from '../identity/tellers.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';
import {
  messageSchema,
  type ReportedJson,
  readMessage,
  reportedSchema,
  type SightingsJson,
  sightingsSchema,
} from '../sighting-contract.ts';

const listQuery = z.strictObject({
  host: z.string().min(1).max(253).optional(),
  standing: z.enum(standings).optional(),
  restart: z.literal('yes').optional(),
  after: z
    .string()
    .max(300)
    .regex(/^!?\d{1,15}:./)
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Bytes of a report of the most processes that are taken. */
const maxReport = 64 * 1024 * 1024;

/** What hosts run: reported with a token that opens nothing else, asked for with one that reads. */
export function sightingRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { sightings } = parts.store;
  const said = new Map<string, number>();
  /** Once for each host and version, as long as this server runs. */
  const sayNewer = ({ host, version = 1 }: HostMessage, ignored: readonly string[]) => {
    if (version <= (said.get(host) ?? reportVersion)) return;
    said.set(host, version);
    const what = ignored.length === 0 ? 'nothing of it is unknown yet' : `left out: ${ignored.join(', ')}`;
    parts.log.trouble(
      `The agent of ${host} is of a newer version than this server (${version}, known ${reportVersion}); ${what}.`,
      { host, version },
    );
  };

  const two = new Set<string>();
  /** Once for each name, as long as this server runs. */
  const sayTwo = (host: string) => {
    if (two.has(host)) return;
    two.add(host);
    parts.log.trouble(
      `Two machines tell of themselves as ${host}, by turns: each takes the other's place. Give each a name of its own (--host).`,
      { host },
    );
  };

  app.post(
    '/api/v1/sightings',
    {
      bodyLimit: maxReport,
      ...needs('sightings:report', {
        summary: 'Report all that a host runs now, or what changed',
        body: messageSchema,
        answer: reportedSchema,
        refusals: [409, 422],
      }),
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const now = parts.mirror.context.now();
      const read = readMessage(request.body);
      if (read.kind === 'wrong') {
        const detail = `Give JSON with host, bootId, processes and unread${whereWrong(read.error)}; \`safeguard agent\` writes it.`;
        return badRequest(request, reply, detail);
      }
      const { message, ignored } = read;
      if (!positionsHold(message))
        return badRequest(
          request,
          reply,
          'A position is not that of one of `objects`, or there are more than 2,000,000 of them.',
        );
      const { host } = message;
      const teller = await otherTeller(parts.store, host, caller, now);
      if (teller !== undefined)
        return sendProblem(request, reply, {
          status: 403,
          code: 'inventory/other-teller',
          detail: `${host} is told of by the token of ${teller}, which is in force: give this host a name of its own (--host), or revoke that token.`,
        });
      const taken = await takeReport(parts.store, message, { by: caller.name, now });
      if (taken === undefined)
        return sendProblem(request, reply, {
          status: 409,
          code: 'inventory/not-next',
          detail: `This is no change of what is known of ${host}: tell all that it runs.`,
        });
      sayNewer(message, ignored);
      if (taken.isBack === true) sayTwo(host);
      const told = 'kind' in message ? message.begun : message.processes;
      const { begun, ended } = taken;
      const answer: ReportedJson = { host, processes: told.length, begun, ended, ignored: [...ignored] };
      return reply.send(answer);
    },
  );

  app.get(
    '/api/v1/sightings',
    needs('sightings:read', { summary: 'List what hosts run', query: listQuery, answer: sightingsSchema }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give host, standing (tampered, known, stripped, changed or unknown), restart (yes), after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { after, restart, ...rest } = query.data;
      const found = await sightings.processes({
        ...rest,
        restart: restart === 'yes',
        after: after === undefined ? undefined : placeIn(after),
      });
      const last = found.at(-1);
      const answer: SightingsJson = {
        processes: found.map(
          ({ host, pid, path, digest, buildId, standing, state, stale, restart, firstSeen }) => ({
            host,
            pid,
            path,
            digest,
            buildId,
            standing,
            state,
            stale: (JSON.parse(stale) as { stale: SightingsJson['processes'][number]['stale'] }).stale,
            restart,
            since: rfc3339(firstSeen),
          }),
        ),
        next: found.length < rest.limit || last === undefined ? null : cursorOf(last),
      };
      return reply.send(answer);
    },
  );
}

/** Cursors of processes: those of what was tampered with begin with an exclamation mark. */
function cursorOf({ host, pid, isFirst }: StandingProcess): string {
  return `${isFirst ? '!' : ''}${pid}:${host}`;
}

function placeIn(cursor: string): ProcessPlace {
  const cut = cursor.indexOf(':');
  const pid = Number(cursor.slice(0, cut).replace('!', ''));
  return { pid, host: cursor.slice(cut + 1), isFirst: cursor.startsWith('!') };
}
