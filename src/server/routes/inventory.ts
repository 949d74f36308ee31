import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { canonicalName } from '../../cargo/index-path.ts';
import { affected } from '../../inventory/affected/affected.ts';
import type { Defines } from '../../inventory/affected/functions.ts';
import { diffContents } from '../../inventory/diff.ts';
import { exploitedBy } from '../../inventory/exploited/said.ts';
import { artefactAt, contentsPage } from '../../inventory/lookup.ts';
import { artefactTrusts, artefactVerdicts } from '../../store/inventory/records.ts';
import { unionOf } from '../../store/inventory/set-index.ts';
import { affectedSchema } from '../affected-contract.ts';
import {
  type ArtefactDiffJson,
  type ArtefactReportJson,
  type ArtefactsJson,
  addedSchema,
  artefactDiffSchema,
  artefactReportSchema,
  artefactsSchema,
  type ComponentsJson,
  componentsSchema,
  statementSchema,
} from '../artefact-contract.ts';
import { addSent } from '../artefacts/add-sent.ts';
import { changesOf } from '../artefacts/changes.ts';
import { badRequest, whereWrong } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import { affectedJson, artefactJson, componentJson, installedJson } from '../inventory-shape.ts';
import type { ServerParts } from '../parts.ts';
import { recordedReleases } from '../recorded-releases.ts';

const limit = z.coerce.number().int().min(1).max(1000).default(100);
const text = z.string().min(1).max(2000).optional();

const trust = z.enum([...artefactTrusts, 'unverified']).describe('unverified: not signed');

const listQuery = z.strictObject({
  name: text,
  project: text,
  target: text,
  commit: text,
  trust: trust.optional(),
  verdict: z.enum([...artefactVerdicts, 'not-allowed', 'none']).optional(),
  refused: z.literal('yes').optional(),
  'partly-known': z.literal('yes').optional(),
  crate: z.string().min(1).max(200).optional(),
  version: z.string().min(1).max(200).optional(),
  after: z.coerce.number().int().min(1).optional(),
  limit,
});

const pageQuery = z.strictObject({ after: z.coerce.number().int().min(1).default(0), limit });

const diffQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
});

const searchQuery = z.strictObject({
  text: z.string().max(300).default(''),
  kind: z.enum(['cargo', 'local', 'other']).optional(),
  after: z
    .string()
    .max(1000)
    .regex(/^\d{1,15}:./)
    .optional(),
  limit,
});

const affectedQuery = z.strictObject({
  of: z.string().min(1).max(300),
  library: z.enum(['true', 'false']).optional(),
  name: text,
  project: text,
  target: text,
  trust: trust.optional(),
  host: text,
  environment: text,
  team: text,
  running: z.literal('yes').optional(),
  after: z.coerce.number().int().min(1).optional(),
  'loaded-after': z
    .string()
    .max(5000)
    .regex(/^[^:]+:./s)
    .optional(),
  limit,
});

/** Hosts that are named of one artefact. */
const maxInstalled = 20;

/** Bytes of a statement about one artefact: its most components take a part of that. */
const maxStatement = 64 * 1024 * 1024;

const addition = needs('artefacts:add', {
  summary: 'Add an artefact, or say more of one',
  // A CI adds each binary of a release; a whole company's come within hours.
  most: 3000,
  body: statementSchema,
  answer: addedSchema,
  refusals: [409, 422],
  statuses: [200, 201],
});

/** Artefacts, what they are made of, and where a release is. All of it wants a token: it says where one is weak. */
export function inventoryRoutes(app: FastifyInstance, parts: ServerParts, defines: Defines): void {
  const { inventory } = parts.store;

  app.post('/api/v1/artefacts', { bodyLimit: maxStatement, ...addition }, async (request, reply) => {
    const body = statementSchema.safeParse(request.body);
    if (!body.success) {
      const detail = `Give JSON with name, knownBy, completeness and components${whereWrong(body.error)}; \`safeguard inventory add\` writes it.`;
      return badRequest(request, reply, detail);
    }
    const { bundles = [], components, roots, ...head } = body.data;
    const answer = await addSent(parts, request, head, { bundles, components, roots });
    return reply.status(answer.outcome === 'added' ? 201 : 200).send(answer);
  });

  app.get(
    '/api/v1/artefacts',
    needs('inventory:read', {
      summary: 'List artefacts, the newest first',
      query: listQuery,
      answer: artefactsSchema,
    }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give name, project, target, commit, trust, verdict, refused (yes), partly-known (yes), crate (with version), after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { crate, version, after, limit, 'partly-known': partly, refused, ...filter } = query.data;
      const named =
        crate === undefined ? undefined : await inventory.componentsNamed('cargo', canonicalName(crate));
      const releases = named
        ?.filter((component) => version === undefined || component.version === version)
        .map(({ id }) => id);
      const sets =
        releases === undefined ? undefined : unionOf((await inventory.setsWith(releases)).values());
      const meant = { ...filter, sets, partlyKnown: partly && true, attempted: refused && true };
      const found = await inventory.artefacts({ ...meant, before: after, limit });
      const last = found.at(-1);
      const trusts = await inventory.countByTrust(meant);
      const answer: ArtefactsJson = {
        artefacts: found.map(artefactJson),
        count: trusts.signed + trusts.unsigned + trusts.recovered,
        trusts,
        next: found.length < limit || last === undefined ? null : String(last.id),
      };
      return reply.send(answer);
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/artefacts/:id',
    needs('inventory:read', {
      summary: 'Say what an artefact is made of',
      query: pageQuery,
      answer: artefactReportSchema,
      refusals: [409],
    }),
    async (request, reply) => {
      const query = pageQuery.safeParse(request.query);
      if (!query.success) {
        const detail = 'Give after and limit up to 1000; both optional.';
        return badRequest(request, reply, detail);
      }
      const { after, limit } = query.data;
      const artefact = await artefactAt(inventory, request.params.id);
      const { contained, count } = await contentsPage(inventory, artefact, { after, limit });
      const [installed = []] = await parts.store.sightings.installedOf([artefact], maxInstalled);
      const answer: ArtefactReportJson = {
        artefact: artefactJson(artefact),
        ...(await changesOf(parts.store, artefact)),
        installed: installed.map(installedJson),
        components: contained.map(({ component, placed: { member, way } }) => ({
          ...componentJson(component),
          scope: member.scope,
          method: member.method,
          confidence: member.confidence,
          relation: way.relation,
        })),
        count,
        next: after + limit < count ? String(after + limit) : null,
      };
      return reply.send(answer);
    },
  );

  app.get<{ Params: { id: string; other: string } }>(
    '/api/v1/artefacts/:id/diff/:other',
    needs('inventory:read', {
      summary: 'Compare two artefacts',
      query: diffQuery,
      answer: artefactDiffSchema,
      refusals: [409],
    }),
    async (request, reply) => {
      const query = diffQuery.safeParse(request.query);
      if (!query.success) {
        const detail = 'Give after and limit up to 1000; both optional.';
        return badRequest(request, reply, detail);
      }
      const old = await artefactAt(inventory, request.params.id);
      const current = await artefactAt(inventory, request.params.other);
      const { added, removed, changed, same, next } = await diffContents(inventory, old, current, query.data);
      const answer: ArtefactDiffJson = {
        old: artefactJson(old),
        new: artefactJson(current),
        added: added.map(componentJson),
        removed: removed.map(componentJson),
        changed: changed.map(({ old, new: is }) => ({ old: componentJson(old), new: componentJson(is) })),
        same,
        next: next === undefined ? null : String(next),
      };
      return reply.send(answer);
    },
  );

  app.get(
    '/api/v1/components',
    needs('inventory:read', {
      summary: 'Search components by name',
      query: searchQuery,
      answer: componentsSchema,
    }),
    async (request, reply) => {
      const query = searchQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give text, kind (cargo, local or other), after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { text, kind, after, limit } = query.data;
      const cut = after?.indexOf(':') ?? 0;
      const found = await inventory.searchComponents({
        text: canonicalName(text),
        kind,
        after:
          after === undefined ? undefined : { id: Number(after.slice(0, cut)), key: after.slice(cut + 1) },
        limit,
      });
      const last = found.at(-1);
      const answer: ComponentsJson = {
        components: found.map((one) => ({ ...componentJson(one), artefacts: one.artefacts })),
        next: found.length < limit || last === undefined ? null : `${last.id}:${last.key}`,
      };
      return reply.send(answer);
    },
  );

  app.get(
    '/api/v1/affected',
    needs('inventory:read', {
      summary: 'Say where an advisory or a release is',
      query: affectedQuery,
      answer: affectedSchema,
      refusals: [404, 409],
    }),
    async (request, reply) => {
      const query = affectedQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give of (an advisory, CRATE@REQUIREMENT, or with library=true NAME@BOUNDS) and, where they are to limit, name, project, target, trust, host, environment, team, running (yes), after, loaded-after and limit up to 1000.';
        return badRequest(request, reply, detail);
      }
      const {
        after,
        library,
        'loaded-after': loadedAfter,
        host,
        environment,
        team,
        running,
        ...rest
      } = query.data;
      const on = Object.fromEntries(
        Object.entries({ host, environment, team }).filter(([, value]) => value !== undefined),
      );
      const cut = loadedAfter?.indexOf(':') ?? 0;
      const { advisories } = parts.mirror.context.feeds.knowledge();
      const found = await affected(parts.store, advisories, {
        ...rest,
        library: library === 'true',
        before: after,
        now: parts.mirror.context.now(),
        recorded: recordedReleases(parts.mirror),
        defines,
        ...(running === undefined && Object.keys(on).length === 0
          ? {}
          : { runsOn: running === undefined ? { ...on, orStated: true } : on }),
        loadedAfter:
          loadedAfter === undefined
            ? undefined
            : { host: loadedAfter.slice(0, cut), path: loadedAfter.slice(cut + 1) },
      });
      const ids = found.advisories.flatMap(({ id, aliases }) => [id, ...aliases]);
      const now = parts.mirror.context.now();
      const exploited = ids.length === 0 ? undefined : await exploitedBy(parts.store.exploited, ids, now);
      return reply.send(affectedJson(rest.of, found, rest.limit, exploited));
    },
  );
}
