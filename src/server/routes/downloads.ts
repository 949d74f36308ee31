import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { crateKey, isCrateName } from '../../cargo/index-path.ts';
import type { ReleaseAnswer } from '../../registry/serve/mirror.ts';
import { refuse } from '../../registry/serve/refusal.ts';
import type { BlobHandle } from '../../store/store.ts';
import { baseUrl, registryPath, releasePage } from '../address.ts';
import { problemJson, sendProblem, sendProblemJson, wantsJson } from '../errors.ts';
import { namesOneOf } from '../etag.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { insteadJson, releaseJson } from '../shape.ts';

/** Up to this size a `.crate` is read at once, which is fastest; a larger one is streamed. Bytes. */
const atOnce = 1024 * 1024;

type DownloadParams = { crate: string; version: string };
type DownloadRequest = FastifyRequest<{ Params: DownloadParams }>;

/** Downloads of one registry's releases. */
export function downloadRoutes(app: FastifyInstance, parts: ServerParts, registry: string): void {
  const path = `${registryPath(parts, registry)}/crates/:crate/:version/download`;

  // HEAD is served here too: the one that fastify derives would say that the body is empty.
  const handler = async (request: DownloadRequest, reply: FastifyReply) => {
    const { crate, version } = request.params;
    const answer: ReleaseAnswer = isCrateName(crate)
      ? await parts.mirror.release(registry, crateKey(crate), version)
      : { kind: 'absent' };
    switch (answer.kind) {
      case 'served':
        return await sendBlob(request, reply, answer.release.checksum, answer.blob);
      case 'refused':
        return sendRefusal(parts, request, reply, answer);
      case 'absent': {
        const detail = `The registry has no ${crate} ${version}.`;
        return sendProblem(request, reply, { status: 404, code: 'server/no-release', detail });
      }
    }
  };
  app.route<{ Params: DownloadParams }>({
    method: ['GET', 'HEAD'],
    url: path,
    handler,
    ...needs('crates:fetch'),
  });
}

async function sendBlob(
  request: FastifyRequest,
  reply: FastifyReply,
  checksum: string,
  blob: BlobHandle,
): Promise<FastifyReply> {
  const etag = `"${checksum}"`;
  reply.header('etag', etag).header('cache-control', 'no-cache').type('application/gzip');
  if (namesOneOf(request.headers['if-none-match'], [etag])) {
    await blob.close();
    return reply.status(304).send();
  }
  reply.header('content-length', String(blob.size));
  if (request.method === 'HEAD') {
    await blob.close();
    return reply.send();
  }
  if (blob.size > atOnce) {
    const stream = blob.stream();
    // Whether it was sent to the end or the client left.
    finished(stream, () => void blob.close());
    return reply.send(stream);
  }
  try {
    return reply.send(await blob.read());
  } finally {
    await blob.close();
  }
}

function sendRefusal(
  parts: ServerParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { crate, record, instead }: Extract<ReleaseAnswer, { kind: 'refused' }>,
): FastifyReply {
  const { registry, version } = record;
  parts.refusals.note(record);
  const url = releasePage(baseUrl(parts, request) ?? '', parts.defaultRegistry, {
    registry,
    crate: crate.name,
    version,
  });
  const { context } = parts.mirror;
  const { text } = refuse(crate.name, record, {
    instead,
    showUrl: url,
    policy: context.policy.policy,
    isDefault: registry === parts.defaultRegistry,
    now: context.now(),
  });
  reply.status(403).header('cache-control', 'no-store');
  if (!wantsJson(request)) return reply.type('text/plain; charset=utf-8').send(text);
  const release = releaseJson(record);
  const code = `release/${record.state}`;
  return sendProblemJson(reply, {
    ...problemJson({ status: 403, code, detail: text }),
    errors: [
      {
        detail: text,
        code,
        release,
        ...(release.until === undefined ? {} : { until: release.until }),
        ...insteadJson(instead),
      },
    ],
  });
}
