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
  const handler = (request: DownloadRequest, reply: FastifyReply) => {
    const { crate, version } = request.params;
    if (!isCrateName(crate)) return sendAbsent(request, reply);
    const key = crateKey(crate);
    const hot = parts.mirror.peekBytes(registry, key, version);
    if (hot === undefined) return answer(request, reply, key);
    const isWanted = describe(request, reply, hot.checksum, hot.bytes.length);
    return isWanted ? reply.send(hot.bytes) : reply.send();
  };
  const answer = async (request: DownloadRequest, reply: FastifyReply, key: string) => {
    const answer = await parts.mirror.release(registry, key, request.params.version);
    switch (answer.kind) {
      case 'served':
        return await sendBlob(request, reply, answer.release.checksum, answer.blob);
      case 'refused':
        return sendRefusal(parts, request, reply, answer);
      case 'absent':
        return sendAbsent(request, reply);
    }
  };
  app.route<{ Params: DownloadParams }>({
    method: ['GET', 'HEAD'],
    url: path,
    handler,
    ...needs('crates:fetch'),
  });
}

function sendAbsent(request: DownloadRequest, reply: FastifyReply): FastifyReply {
  const { crate, version } = request.params;
  const detail = `The registry has no ${crate} ${version}.`;
  return sendProblem(request, reply, { status: 404, code: 'server/no-release', detail });
}

/** Says what is sent, and whether it is to be sent: nothing is to whoever has it, or asks for the head alone. */
function describe(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  checksum: string,
  size: number,
): boolean {
  const etag = `"${checksum}"`;
  reply.header('etag', etag).header('cache-control', 'no-cache').header('content-type', 'application/gzip');
  if (namesOneOf(headers['if-none-match'], [etag])) {
    reply.status(304);
    return false;
  }
  reply.header('content-length', String(size));
  return method !== 'HEAD';
}

async function sendBlob(
  request: FastifyRequest,
  reply: FastifyReply,
  checksum: string,
  blob: BlobHandle,
): Promise<FastifyReply> {
  if (!describe(request, reply, checksum, blob.size)) {
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
