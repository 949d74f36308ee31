import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { stateDeployment, withdrawDeployment } from '../../inventory/deploy.ts';
import { artefactAt } from '../../inventory/lookup.ts';
import { placeText } from '../../inventory/place.ts';
import type { DeploymentRecord } from '../../store/deployments/records.ts';
import type { ArtefactRecord } from '../../store/inventory/records.ts';
import {
  type DeployedJson,
  type DeploymentJson,
  type DeploymentsJson,
  deployedSchema,
  deploymentsSchema,
  deploySchema,
  type UndeployedJson,
  undeployedSchema,
  undeploySchema,
} from '../deployment-contract.ts';
import { badRequest, whereWrong } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

const text = z.string().min(1).max(300).optional();

const listQuery = z.strictObject({
  artefact: text,
  environment: text,
  service: text,
  team: text,
  host: text,
  state: z.enum(['there', 'over']).optional(),
  after: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Where artefacts are deployed on somebody's word: where no agent looks. */
export function deploymentRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { store, mirror } = parts;

  app.get(
    '/api/v1/deployments',
    needs('inventory:read', {
      summary: 'List where artefacts are stated to be deployed, the newest first',
      query: listQuery,
      answer: deploymentsSchema,
      refusals: [404, 409],
    }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give artefact, environment, service, team, host, state (there or over), after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { artefact, state, after, ...rest } = query.data;
      const of = artefact === undefined ? undefined : await artefactAt(store.inventory, artefact);
      const isOver = state === undefined ? undefined : state === 'over';
      const found = await store.deployments.list({ ...rest, artefactId: of?.id, isOver, before: after });
      const last = found.at(-1);
      const answer: DeploymentsJson = {
        deployments: found.map((one) => deploymentJson(one.deployment, one.artefact)),
        next: found.length < rest.limit || last === undefined ? null : String(last.deployment.id),
      };
      return reply.send(answer);
    },
  );

  app.post(
    '/api/v1/deployments',
    needs('deployments:state', {
      summary: 'State that an artefact is deployed, where no agent looks',
      body: deploySchema,
      answer: deployedSchema,
      refusals: [404, 409],
      statuses: [200, 201],
    }),
    async (request, reply) => {
      const body = deploySchema.safeParse(request.body);
      if (!body.success) {
        const detail = `Give JSON with artefact and environment${whereWrong(body.error)}; \`safeguard inventory deploy\` writes it.`;
        return badRequest(request, reply, detail);
      }
      const {
        artefact: id,
        environment,
        service = null,
        host = null,
        team = null,
        since,
        beside,
      } = body.data;
      const artefact = await artefactAt(store.inventory, id);
      const actor = callerOf(request);
      const now = mirror.context.now();
      const stated = await store.write(async (tx) => {
        const result = await stateDeployment(tx, artefact, {
          ...{ environment, service, host, team, by: actor.name, now },
          since: since === undefined ? now : Math.min(Date.parse(since), now),
          isBeside: beside === true,
        });
        if (result.outcome === 'stated' || result.replaced.length > 0)
          await mirror.context.auditor?.noteOf(tx, actor, {
            at: now,
            action: 'deployment.stated',
            subject: artefact.identity,
            before: { replaced: result.replaced.map((one) => one.artefact.identity) },
            after: { place: placeText(result.deployment), name: artefact.name },
          });
        return result;
      });
      parts.wake();
      const answer: DeployedJson = {
        outcome: stated.outcome,
        deployment: deploymentJson(stated.deployment, artefact),
        replaced: stated.replaced.map((one) => deploymentJson(one.deployment, one.artefact)),
      };
      return reply.status(stated.outcome === 'stated' ? 201 : 200).send(answer);
    },
  );

  app.post(
    '/api/v1/deployments/withdraw',
    needs('deployments:state', {
      summary: 'Say that an artefact is deployed somewhere no more',
      body: undeploySchema,
      answer: undeployedSchema,
      refusals: [404, 409],
    }),
    async (request, reply) => {
      const body = undeploySchema.safeParse(request.body);
      if (!body.success) {
        const detail = `Give JSON with artefact, environment and reason${whereWrong(body.error)}.`;
        return badRequest(request, reply, detail);
      }
      const { artefact: id, environment, service = null, host = null, reason } = body.data;
      const artefact = await artefactAt(store.inventory, id);
      const actor = callerOf(request);
      const now = mirror.context.now();
      const deployment = await store.write(async (tx) => {
        const place = { environment, service, host };
        const over = await withdrawDeployment(tx, artefact, place, { by: actor.name, now, reason });
        await mirror.context.auditor?.noteOf(tx, actor, {
          at: now,
          action: 'deployment.withdrawn',
          subject: artefact.identity,
          before: { place: placeText(over), name: artefact.name },
          after: { reason },
        });
        return over;
      });
      parts.wake();
      const answer: UndeployedJson = { deployment: deploymentJson(deployment, artefact) };
      return reply.send(answer);
    },
  );
}

function deploymentJson(record: DeploymentRecord, artefact: ArtefactRecord): DeploymentJson {
  const { id, environment, service, team, host, since, statedAt, by, endedAt, endedBy, endedWhy } = record;
  const { identity, name, project, target, commit } = artefact;
  return {
    id: String(id),
    artefact: { id: identity, name, project, target, commit },
    environment,
    service,
    team,
    host,
    since: rfc3339(since),
    stated: { by, at: rfc3339(statedAt) },
    ended: endedAt === null ? null : { by: endedBy ?? '', at: rfc3339(endedAt), why: endedWhy ?? '' },
  };
}
