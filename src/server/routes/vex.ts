import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { writeVex } from '../../bom/vex/document.ts';
import { contradiction, ofProduct } from '../../bom/vex/product.ts';
import type { VexStatement } from '../../bom/vex/statement.ts';
import { canonicalName } from '../../cargo/index-path.ts';
import { aliasesIn } from '../../inventory/vex/aliases.ts';
import { newestFirst } from '../../inventory/vex/holds.ts';
import { type Acting, stateVex, withdrawVex } from '../../inventory/vex/state.ts';
import type { ComponentRecord } from '../../store/inventory/records.ts';
import type { StatementQuery } from '../../store/vex/reader.ts';
import type { CoverRecord, StatementRecord } from '../../store/vex/records.ts';
import { baseUrl } from '../address.ts';
import { badRequest, sendProblem, whereWrong } from '../errors.ts';
import { callerOf } from '../identity/guard.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';
import {
  documentFormat,
  type StatementJson,
  type StatementsJson,
  statementsSchema,
  stateSchema,
  type TakenJson,
  takenSchema,
  withdrawnSchema,
  withdrawSchema,
} from '../vex-contract.ts';

const text = z.string().min(1).max(2000).optional();
const filters = {
  advisory: text,
  crate: z.string().min(1).max(200).optional(),
  project: text,
  target: text,
  name: text,
};
const listQuery = z.strictObject({
  ...filters,
  state: z.enum(['valid', 'expired', 'withdrawn']).optional(),
  after: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const documentQuery = z.strictObject({
  ...filters,
  format: documentFormat,
  author: z.string().min(1).max(300).optional(),
  product: text,
});

/** Bytes of the most statements that are taken at once. */
const maxBody = 16 * 1024 * 1024;
/** Things that a statement is about that are listed of it. */
const maxCovers = 1000;
/** Statements that one document has at most. */
const maxDocument = 10_000;

/** What is said of advisories in artefacts (VEX): taken, withdrawn, listed and written as documents. */
export function vexRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { store, mirror } = parts;
  const acting = (request: FastifyRequest): Acting => ({
    actor: callerOf(request),
    now: mirror.context.now(),
    auditor: mirror.context.auditor,
  });

  app.post(
    '/api/v1/vex',
    {
      bodyLimit: maxBody,
      ...needs('vex:state', {
        summary: 'State how advisories stand to releases in artefacts',
        body: stateSchema,
        answer: takenSchema,
        refusals: [404, 409, 422],
      }),
    },
    async (request, reply) => {
      const body = stateSchema.safeParse(request.body);
      if (!body.success) {
        const detail = `Give JSON with statements, each with advisory, release, product, status and until${whereWrong(body.error)}; \`safeguard vex\` writes it.`;
        return badRequest(request, reply, detail);
      }
      const { statements } = body.data;
      const { advisories } = mirror.context.feeds.knowledge();
      const known = aliasesIn(
        advisories,
        statements.map(({ advisory }) => advisory),
      );
      const named = statements.map((one) => ({
        ...one,
        aliases: [...one.aliases, ...(known.get(one.advisory.toLowerCase()) ?? [])],
      }));
      const taken = await stateVex(store, named, acting(request));
      parts.wake();
      const answer: TakenJson = {
        results: taken.map((one) => ({
          kind: one.kind,
          id: one.kind === 'left' ? null : String(one.id),
          covers: one.kind === 'taken' ? one.covers.length : 0,
          single: one.kind === 'taken' ? one.covers.filter(({ artefact }) => artefact !== null).length : 0,
          artefacts: one.kind === 'taken' ? one.artefacts : 0,
          reason: one.kind === 'left' ? one.reason : null,
        })),
      };
      return reply.send(answer);
    },
  );

  app.post(
    '/api/v1/vex/withdraw',
    needs('vex:state', {
      summary: 'Take a statement back',
      body: withdrawSchema,
      answer: withdrawnSchema,
      refusals: [404],
    }),
    async (request, reply) => {
      const body = withdrawSchema.safeParse(request.body);
      if (!body.success)
        return badRequest(request, reply, 'Give JSON with the id of a statement and a reason.');
      const { id, reason } = body.data;
      const withdrawn = await withdrawVex(store, Number(id), reason, acting(request));
      if (withdrawn === undefined) {
        const detail = `There is no statement ${id} that stands; \`safeguard vex list\` names them.`;
        return sendProblem(request, reply, { status: 404, code: 'inventory/no-statement', detail });
      }
      parts.wake();
      return reply.send({ id });
    },
  );

  app.get(
    '/api/v1/vex',
    needs('inventory:read', {
      summary: 'List what is said of advisories in artefacts, the newest first',
      query: listQuery,
      answer: statementsSchema,
    }),
    async (request, reply) => {
      const query = listQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give advisory, crate (NAME or NAME@VERSION), state (valid, expired or withdrawn), project, target, name, after and limit up to 1000; all of them optional.';
        return badRequest(request, reply, detail);
      }
      const { crate, after, ...rest } = query.data;
      const now = mirror.context.now();
      const found = await listed(parts, { ...rest, crate, before: after, now });
      const last = found.at(-1);
      const answer: StatementsJson = {
        statements: found.map((one) => statementJson(one, now)),
        next: found.length < rest.limit || last === undefined ? null : String(last.record.id),
      };
      return reply.send(answer);
    },
  );

  app.get(
    '/api/v1/vex/document',
    needs('inventory:read', {
      summary: 'Write what holds of advisories in artefacts as OpenVEX, CycloneDX or CSAF',
      query: documentQuery,
      answer: z.looseObject({}),
      refusals: [404],
    }),
    async (request, reply) => {
      const query = documentQuery.safeParse(request.query);
      if (!query.success) {
        const detail =
          'Give format (openvex, cyclonedx or csaf) and, where they are to limit, advisory, crate, project, target and name; author is who answers for it, product the purl that others have for what it is about.';
        return badRequest(request, reply, detail);
      }
      const { format, author, product, ...rest } = query.data;
      const now = mirror.context.now();
      const found = await listed(parts, { ...rest, state: 'valid', limit: maxDocument + 1, now });
      const inOrder = found.toSorted((a, b) => newestFirst(a.record, b.record));
      const ours = newestOnly(inOrder.flatMap(stated));
      const named = product === undefined ? ours : ofProduct(ours, product);
      if (named === undefined) return badRequest(request, reply, `Give product as a package URL (pkg:…).`);
      const twice = product === undefined ? undefined : contradiction(named);
      if (twice !== undefined) {
        const [{ advisory, release, status }, other] = twice;
        const detail = `Of ${advisory} in ${release} both ${status} and ${other.status} is said, of different artefacts. Say which the product has: project, target or name.`;
        return sendProblem(request, reply, { status: 422, code: 'inventory/contradiction', detail });
      }
      const statements = newestOnly(named);
      if (statements.length === 0 || statements.length > maxDocument)
        return sendProblem(request, reply, {
          status: statements.length === 0 ? 404 : 422,
          code: 'inventory/no-statement',
          detail:
            statements.length === 0
              ? 'No statement holds of what is asked for.'
              : `More than ${maxDocument} statements hold of that; ask for an advisory, a project or a crate.`,
        });
      const namespace = baseUrl(parts, request) ?? 'https://safeguard.invalid';
      const { version } = parts;
      const writing = { author: author ?? new URL(namespace).hostname, namespace, at: rfc3339(now), version };
      return reply
        .type('application/json; charset=utf-8')
        .send(writeVex(format, statements.toReversed(), writing));
    },
  );
}

interface Listed {
  readonly record: StatementRecord;
  readonly component: ComponentRecord | undefined;
  readonly covers: readonly CoverRecord[];
}

async function listed(
  { store }: Pick<ServerParts, 'store'>,
  { crate, ...query }: Omit<StatementQuery, 'componentIds'> & { readonly crate?: string | undefined },
): Promise<readonly Listed[]> {
  const [name = '', version] = crate?.split('@') ?? [];
  const named =
    crate === undefined ? undefined : await store.inventory.componentsNamed('cargo', canonicalName(name));
  const componentIds = named
    ?.filter((one) => version === undefined || one.version === version)
    .map(({ id }) => id);
  const records = await store.vex.list({ ...query, componentIds });
  const covers = Map.groupBy(
    await store.vex.coversOf(records.map(({ id }) => id)),
    ({ statementId }) => statementId,
  );
  const ids = [...new Set(records.map(({ componentId }) => componentId))];
  const components = new Map((await store.inventory.components(ids)).map((one) => [one.id, one]));
  return records.map((record) => ({
    record,
    component: components.get(record.componentId),
    covers: covers.get(record.id) ?? [],
  }));
}

function statementJson({ record, component, covers }: Listed, now: number): StatementJson {
  const { id, advisory, aliases, status, justification, impact, action, author, document, by } = record;
  const { withdrawnAt, withdrawnBy, withdrawnWhy } = record;
  return {
    id: String(id),
    state: withdrawnAt !== null ? 'withdrawn' : record.until > now ? 'valid' : 'expired',
    advisory,
    aliases,
    component: component?.identity ?? '',
    status,
    justification,
    impact,
    action,
    author,
    document,
    stated: rfc3339(record.statedAt),
    until: rfc3339(record.until),
    by,
    taken: rfc3339(record.takenAt),
    withdrawn:
      withdrawnAt === null
        ? null
        : { at: rfc3339(withdrawnAt), by: withdrawnBy ?? '', reason: withdrawnWhy ?? '' },
    about: covers.length,
    covers: covers.slice(0, maxCovers).map(({ project, target, name, artefact, features }) => ({
      project,
      target,
      name,
      artefact,
      features: features === null ? null : features.split(',').filter((feature) => feature !== ''),
    })),
  };
}

/** A statement for each thing that it is about. */
function stated({ record, component, covers }: Listed): readonly VexStatement[] {
  const { advisory, aliases, status, justification, impact, action, author } = record;
  return covers.map(({ project, target, name, artefact }) => ({
    advisory,
    aliases,
    release: component?.identity ?? '',
    product:
      artefact === null
        ? { name, project: project ?? undefined, target: target ?? undefined }
        : { name, sha256: artefact },
    status,
    justification: justification ?? undefined,
    impact: impact ?? undefined,
    action: action ?? undefined,
    author,
    stated: rfc3339(record.statedAt),
    until: rfc3339(record.until),
  }));
}

/** Of several on the same the newest counts: a document may not say both. The newest come first. */
function newestOnly(all: readonly VexStatement[]): readonly VexStatement[] {
  const said = new Set<string>();
  return all.filter(({ release, product, advisory, aliases }) => {
    const keys = [advisory, ...aliases].map((id) => JSON.stringify([id.toLowerCase(), release, product]));
    const isNew = !keys.some((key) => said.has(key));
    for (const key of keys) said.add(key);
    return isNew;
  });
}
