import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import { type DecisionSettings, ownersOf } from '../../policy/decisions.ts';
import { questionsIn } from '../../registry/questions.ts';
import { request as ask } from '../../registry/requests.ts';
import type { RequestedPlace, RequestedRelease } from '../../store/requests.ts';
import { type ActedJson, actedSchema, releaseStates } from '../contract.ts';
import { cursorOf, placeOf, placeText } from '../cursor.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import {
  type RequestJson,
  type RequestsJson,
  requestActSchema,
  requestQuerySchema,
  requestsSchema,
} from '../requests-contract.ts';
import { decisionJson, releaseJson, rfc3339 } from '../shape.ts';

const placeSchema = z.tuple([z.literal('requests'), z.int(), z.int(), placeText, placeText, placeText]);

function cursorBehind({ release, requests }: RequestedRelease): string {
  const last = Math.max(...requests.map(({ at }) => at));
  return cursorOf(['requests', requests.length, last, release.registry, release.key, release.version]);
}

function placed([, people, last, registry, key, version]: z.infer<typeof placeSchema>): RequestedPlace {
  return { people, last, registry, key, version };
}

/** Who needs a release that is not handed out: people ask, others decide. */
export function requestRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { mirror, store, defaultRegistry } = parts;
  const { context } = mirror;

  app.get(
    '/api/v1/requests',
    needs('releases:read', {
      summary: 'List the releases that people asked for, those that most need first',
      query: requestQuerySchema,
      answer: requestsSchema,
    }),
    async (request, reply) => {
      const query = requestQuerySchema.safeParse(request.query);
      const detail = `Give state (any of ${releaseStates.join(', ')}), crate, version, registry, by, limit up to 1000, after (what the page before of the same list says as next).`;
      if (!query.success) return badRequest(request, reply, detail);
      const { crate, state: states, after, ...rest } = query.data;
      const place = after === undefined ? undefined : placeOf(after, placeSchema);
      if (after !== undefined && place === undefined) return badRequest(request, reply, detail);
      const key = crate === undefined ? undefined : crateKey(crate);
      const found = await store.requestedReleases({ ...rest, key, states, after: place && placed(place) });
      const last = found.at(-1);
      const answer: RequestsJson = {
        requests: found.map(requestJson),
        next: found.length < rest.limit || last === undefined ? null : cursorBehind(last),
      };
      return reply.send(answer);
    },
  );

  app.post(
    '/api/v1/requests',
    needs('releases:ask', {
      summary: 'Say that one needs a release, and what for',
      body: requestActSchema,
      answer: actedSchema,
      refusals: [404, 409],
    }),
    async (request, reply) => {
      const body = requestActSchema.safeParse(request.body);
      if (!body.success || !isCrateName(body.data.crate))
        return badRequest(request, reply, 'Give JSON with crate, version and reason.');
      const { crate, version, reason, registry = defaultRegistry } = body.data;
      const standing = await mirror.standing(registry, crateKey(crate), version);
      if (standing === undefined) {
        const detail = `${registry} has no ${crate} ${version}.`;
        return sendProblem(request, reply, { status: 404, code: 'server/no-release', detail });
      }
      const act = { registry, crate, version, reason, actor: callerOf(request) };
      const asked = await ask(context, act, standing.record);
      const answer: ActedJson = { message: asked.message, releases: asked.releases.map(releaseJson) };
      return reply.send(answer);
    },
  );

  function requestJson({ release, requests, decisions }: RequestedRelease): RequestJson {
    const { policy } = context.policy;
    const settings = policy.settings.decisions as DecisionSettings;
    return {
      release: releaseJson(release),
      asked: requests.map(({ by, reason, at }) => ({ by, reason, at: rfc3339(at) })),
      parts: questionsIn(release, policy).map(({ rule, message, answered }) => ({
        rule,
        message,
        owners: ownersOf(rule, settings),
        answered: answered !== undefined,
      })),
      decisions: decisions.slice(0, 100).map((one) => decisionJson(one, context.now())),
    };
  }
}
