import type { FastifyInstance } from 'fastify';
import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import { type AskedVersion, shownPool } from '../../gate/review/shown-pool.ts';
import { sourceOf } from '../../registry/judgement/archive-pool.ts';
import { basesAmong } from '../../registry/judgement/base.ts';
import type { ReleaseStanding } from '../../registry/serve/mirror.ts';
import { isAdmitted } from '../../registry/serve/served.ts';
import { colours } from '../../rust/colours.ts';
import type { BlobHandle } from '../../store/store.ts';
import { type CodeJson, codeQuerySchema, codeSchema } from '../code-contract.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

/** The code of a release that runs at build time, with what it can do and what differs from what was approved before. */
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
      const before =
        against === undefined
          ? await baseOf(mirror, standing)
          : await mirror.standing(registry, key, against);
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
        const pair = { of, ...(other === undefined ? {} : { against: other }) };
        const answer = await pool.run(pair, `reading ${name} ${version}`);
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
          ...(other === undefined || before === undefined ? {} : { againstState: before.record.state }),
          ...answer.code,
        };
        return await reply.send(body);
      } finally {
        for (const blob of opened) await blob.close();
      }
    },
  );
}

/** Releases that are tried: one may turn out to be none that is handed out, once its bytes are read. */
const maxTries = 4;

/**
 * What a release is best read beside: the newest before it that is handed out here, since what waits or was refused
 * between the two was approved by nobody; else the one before it, of those that the registry lists.
 */
async function baseOf(
  mirror: ServerParts['mirror'],
  { crate, record: { version } }: ReleaseStanding,
): Promise<ReleaseStanding | undefined> {
  const { registry, key } = crate;
  const left = new Set([...crate.releases.values()].filter(isAdmitted).map((one) => one.version));
  for (let tries = 0; tries < maxTries; tries++) {
    const base = basesAmong(left)(version);
    if (base === undefined) break;
    const standing = await mirror.standing(registry, key, base);
    if (standing !== undefined && isAdmitted(standing.record)) return standing;
    left.delete(base);
  }
  const listed = basesAmong(crate.releases.keys())(version);
  return listed === undefined ? undefined : await mirror.standing(registry, key, listed);
}
