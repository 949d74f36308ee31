import { gunzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { crateOfIndexPath } from '../../cargo/index-path.ts';
import type { ServedCrate } from '../../registry/serve/served.ts';
import { baseUrl, registryPath } from '../address.ts';
import { sendProblem } from '../errors.ts';
import { namesOneOf } from '../etag.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

/** Cached copies are asked about before each use: an answer from a cache never skips the gate. */
const revalidate = 'no-cache';

type IndexRequest = FastifyRequest<{ Params: { '*': string } }>;

/** The sparse index of one registry: `config.json` and a file per crate (RFC 2789). */
export function indexRoutes(app: FastifyInstance, parts: ServerParts, registry: string): void {
  const path = registryPath(parts, registry);

  app.get(`${path}/index/config.json`, needs('crates:fetch'), (request, reply) => {
    const base = baseUrl(parts, request);
    if (base === undefined) {
      return sendProblem(request, reply, {
        status: 400,
        code: 'server/bad-host',
        detail: 'The Host header is no host.',
      });
    }
    return reply.header('cache-control', revalidate).send({
      dl: `${base}${path}/crates`,
      api: `${base}${path}`,
      ...(parts.isClosed ? { 'auth-required': true } : {}),
    });
  });

  app.get<{ Params: { '*': string } }>(`${path}/index/*`, needs('crates:fetch'), (request, reply) => {
    // An escaped path is no crate's: nothing in one needs escaping, and caches would keep it apart.
    const key = request.url.includes('%') ? undefined : crateOfIndexPath(request.params['*']);
    if (key === undefined) return noSuchCrate(request, reply);
    const served = parts.mirror.peek(registry, key);
    if (served !== undefined) return sendIndex(request, reply, served);
    return parts.mirror
      .crate(registry, key)
      .then((crate) =>
        crate === undefined ? noSuchCrate(request, reply) : sendIndex(request, reply, crate),
      );
  });
}

function sendIndex(request: IndexRequest, reply: FastifyReply, crate: ServedCrate): FastifyReply {
  const gzip = acceptsGzip(request.headers['accept-encoding']);
  // A strong ETag names bytes: the compressed ones are others.
  const ofGzip = `${crate.etag.slice(0, -1)}-gz"`;
  const etag = gzip ? ofGzip : crate.etag;
  reply.header('etag', etag).header('cache-control', revalidate).header('vary', 'accept-encoding');
  if (namesOneOf(request.headers['if-none-match'], [crate.etag, ofGzip])) return reply.status(304).send();
  reply.header('content-type', 'text/plain; charset=utf-8');
  if (gzip) return reply.header('content-encoding', 'gzip').send(crate.gzipped);
  return reply.send(gunzipSync(crate.gzipped));
}

function noSuchCrate(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(request, reply, {
    status: 404,
    code: 'server/no-crate',
    detail: 'The registry has no crate of that name.',
  });
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return /(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(String(header ?? ''));
}
