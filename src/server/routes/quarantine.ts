import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import { approve, reject, takeBack } from '../../registry/decisions.ts';
import { type Act, type Acted, block, breakGlass, unblock } from '../../registry/desk.ts';
import type { Mirror } from '../../registry/serve/mirror.ts';
import type { WantedPlace, WantedQuery, WantedRelease } from '../../store/decisions.ts';
import {
  type ActedJson,
  actedSchema,
  type DecisionActJson,
  type DecisionListJson,
  decisionActSchema,
  decisionListSchema,
  type QuarantineListJson,
  quarantineActSchema,
  quarantineListSchema,
  type ReleaseReportJson,
  registryQuerySchema,
  releaseReportSchema,
  releaseStates,
  statesQuerySchema,
} from '../contract.ts';
import { cursorSchema } from '../cursor.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { type QuarantineOrder, quarantineCursor, quarantinePlace } from '../quarantine-cursor.ts';
import { decisionJson, insteadJson, logEntryJson, releaseJson } from '../shape.ts';

const listQuery = z.object({
  state: statesQuerySchema,
  crate: z.string().max(64).optional(),
  registry: z.string().max(200).optional(),
  order: z.enum(['since', 'until']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: cursorSchema.optional(),
});

const decisionQuery = z.object({
  crate: z.string().max(64).optional(),
  version: z.string().max(200).optional(),
  registry: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: z.coerce.number().int().min(1).optional(),
});

type Perform = (mirror: Mirror, act: Act) => Promise<Acted>;

const acts: Readonly<
  Record<
    string,
    {
      readonly summary: string;
      readonly schema: typeof quarantineActSchema | typeof decisionActSchema;
      readonly perform: Perform;
    }
  >
> = {
  block: {
    summary: 'Block a release, or a whole crate',
    schema: quarantineActSchema,
    perform: ({ context }, act) => block(context, act),
  },
  unblock: {
    summary: 'Lift a block',
    schema: quarantineActSchema,
    perform: ({ context }, act) => unblock(context, act),
  },
  'break-glass': {
    summary: 'Ask, as one of two people, to end a cool-down',
    schema: quarantineActSchema,
    perform: ({ context }, act) => breakGlass(context, act),
  },
  approve: { summary: 'Answer what waits for a review', schema: decisionActSchema, perform: approve },
  reject: { summary: 'Refuse what waits for a review', schema: decisionActSchema, perform: reject },
  'take-back': {
    summary: 'Take decisions on a release back',
    schema: quarantineActSchema,
    perform: takeBack,
  },
};

/** Asking where releases stand, and the acts of people at the quarantine desk. */
export function quarantineRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { context } = parts.mirror;

  app.get<{ Params: { crate: string; version: string }; Querystring: { registry?: string } }>(
    '/api/v1/releases/:crate/:version',
    needs('releases:read', {
      summary: 'Say where a release stands, and all that happened to it',
      query: registryQuerySchema,
      answer: releaseReportSchema,
      refusals: [502],
    }),
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
      const { key } = standing.crate;
      const own = await parts.store.log({ registry, key, version, limit: 1000 });
      // A block on the whole crate, and its end, happened to the release as well.
      const whole = await parts.store.log({ registry, key, version: '', limit: 1000 });
      const log = [...own, ...whole].sort((a, b) => a.seq - b.seq);
      const decided = await parts.store.findDecisions({ registry, key, version, limit: 1000 });
      const report: ReleaseReportJson = {
        release: releaseJson(standing.record),
        ...(standing.record.state === 'promoted' ? {} : insteadJson(standing.instead)),
        decisions: decided.map((one) => decisionJson(one, context.now())),
        log: log.map(logEntryJson),
      };
      return reply.send(report);
    },
  );

  app.get(
    '/api/v1/quarantine',
    needs('releases:read', {
      summary: 'List releases by their state',
      query: listQuery,
      answer: quarantineListSchema,
    }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      const detail = `Give state (any of ${releaseStates.join(', ')}), crate, registry, order (since, until), limit up to 1000, after (what the page before of the same list says as next).`;
      if (!query.success) return badRequest(request, reply, detail);
      const { state, crate, registry, order, limit, after } = query.data;
      const states = state ?? releaseStates.filter((name) => name !== 'promoted');
      // Whoever decides begins with what most people wait for.
      const by = order ?? (states.every((name) => name === 'review') ? 'waiting' : 'since');
      const place = after === undefined ? undefined : quarantinePlace(after, by);
      if (after !== undefined && place === undefined) return badRequest(request, reply, detail);
      const key = crate === undefined ? undefined : crateKey(crate);
      const found = await listed({ registry, key, states, limit }, by, place);
      const last = found.at(-1);
      const answer: QuarantineListJson = {
        releases: found.map(({ release, waiting }) => ({
          ...releaseJson(release),
          ...(by === 'waiting' ? { waiting } : {}),
        })),
        next: found.length < limit || last === undefined ? null : quarantineCursor(last, by),
      };
      return reply.send(answer);
    },
  );

  app.get(
    '/api/v1/quarantine/decisions',
    needs('releases:read', {
      summary: 'List what people decided, the newest first',
      query: decisionQuery,
      answer: decisionListSchema,
    }),
    async (request, reply) => {
      const query = decisionQuery.safeParse(request.query);
      if (!query.success) {
        const detail = 'Give crate, version, registry, limit up to 1000, after; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { crate, after: before, ...rest } = query.data;
      const key = crate === undefined ? undefined : crateKey(crate);
      const found = await parts.store.findDecisions({ ...rest, key, before });
      const last = found.at(-1);
      const answer: DecisionListJson = {
        decisions: found.map((one) => decisionJson(one, context.now())),
        next: found.length < rest.limit || last === undefined ? null : String(last.id),
      };
      return reply.send(answer);
    },
  );

  for (const [name, { summary, schema, perform }] of Object.entries(acts)) {
    const said = needs('releases:decide', {
      summary,
      body: schema,
      answer: actedSchema,
      refusals: [404, 409, 502],
    });
    app.post(`/api/v1/quarantine/${name}`, said, async (request, reply) => {
      const act = actOf(request, schema, parts.defaultRegistry);
      if (act === undefined) {
        const detail =
          schema === decisionActSchema
            ? 'Give JSON with crate, version, reason and, where it is to end by itself, until (a day or a time).'
            : 'Give JSON with crate, reason and, where one release is meant, version.';
        return badRequest(request, reply, detail);
      }
      const acted = await perform(parts.mirror, act);
      const body: ActedJson = { message: acted.message, releases: acted.releases.map(releaseJson) };
      return reply.send(body);
    });
  }

  async function listed(
    wanted: Omit<WantedQuery, 'after'>,
    by: QuarantineOrder,
    after: WantedPlace | undefined,
  ): Promise<readonly WantedRelease[]> {
    if (by !== 'waiting') {
      const found = await parts.store.findReleases({ ...wanted, order: by, after: after?.release });
      return found.map((release) => ({ release, waiting: 0 }));
    }
    await parts.refusals.flush();
    return await parts.store.mostWanted({ ...wanted, after });
  }
}

function actOf(
  request: FastifyRequest,
  schema: typeof quarantineActSchema | typeof decisionActSchema,
  registry: string,
): Act | undefined {
  const body = schema.safeParse(request.body);
  if (!body.success || !isCrateName(body.data.crate)) return undefined;
  const { until, ...named } = body.data as DecisionActJson;
  return {
    ...named,
    registry: named.registry ?? registry,
    actor: callerOf(request),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}
