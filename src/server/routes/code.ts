import type { FastifyInstance } from 'fastify';
import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import { type AskedVersion, shownPool } from '../../gate/review/shown-pool.ts';
import { sourceOf } from '../../registry/judgement/archive-pool.ts';
import { basesAmong } from '../../registry/judgement/base.ts';
import type { ReleaseStanding } from '../../registry/serve/mirror.ts';
import { colours } from '../../rust/colours.ts';
import type { BlobHandle } from '../../store/store.ts';
import { type CodeJson, codeQuerySchema, codeSchema } from '../code-contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

/** The code of a release that runs at build time, with what it can do and what differs from the version before. */
export function codeRoutes(app: FastifyInstance, { mirror, defaultRegistry }: ServerParts): void {
  const pool = shownPool();
  app.addHook('onClose', () => pool.close());
  const { blobs } = mirror.context;

  app.get<{ Params: { crate: string; version: string } }>(
    '/api/v1/releases/:crate/:version/code',
    needs('releases:read', {
      summary: 'Show what of a release runs at build time, and what that can do',
      query: codeQuerySchema,
      answer: codeSchema,
      refusals: [422],
    }),
    async (request, reply) => {
      const query = codeQuerySchema.safeParse(request.query);
      if (!query.success) return badRequest(request, reply, 'Give against and registry; both optional.');
      const { registry = defaultRegistry, against } = query.data;
      const { crate: name, version } = request.params;
      const key = isCrateName(name) ? crateKey(name) : undefined;
      const standing = key === undefined ? undefined : await mirror.standing(registry, key, version);
      const missing = (detail: string) =>
        sendProblem(request, reply, { status: 404, code: 'server/no-release', detail });
      if (key === undefined || standing === undefined)
        return missing(`${registry} has no ${name} ${version}.`);
      const wanted = against ?? baseOf(standing, version);
      const before = wanted === undefined ? undefined : await mirror.standing(registry, key, wanted);
      if (against !== undefined && before === undefined)
        return missing(`${registry} has no ${name} ${against}.`);

      const opened: BlobHandle[] = [];
      const ask = async ({ crate, record }: ReleaseStanding): Promise<AskedVersion | undefined> => {
        const blob = await blobs.open(record.checksum);
        if (blob === undefined) return undefined;
        opened.push(blob);
        return { ...(await sourceOf(blob)), crate: crate.name, version: record.version };
      };
      try {
        const of = await ask(standing);
        if (of === undefined) {
          const detail = `The archive of ${name} ${version} is not here yet: it is fetched when it is first asked for.`;
          return sendProblem(request, reply, { status: 404, code: 'server/no-archive', detail });
        }
        const other = before === undefined ? undefined : await ask(before);
        const asked = { of, ...(other === undefined ? {} : { against: other }) };
        const answer = await pool.run(asked, `reading ${name} ${version}`);
        if (answer.kind === 'unreadable')
          return sendProblem(request, reply, {
            status: 422,
            code: 'server/unreadable',
            detail: answer.reason,
          });
        const { crate, record } = standing;
        const body: CodeJson = {
          crate: crate.name,
          version,
          checksum: record.checksum,
          colours,
          ...answer.code,
        };
        return await reply.send(body);
      } finally {
        for (const blob of opened) await blob.close();
      }
    },
  );
}

/** The version before it, of those that the registry lists. */
function baseOf({ crate }: ReleaseStanding, version: string): string | undefined {
  return basesAmong(crate.releases.keys())(version);
}
