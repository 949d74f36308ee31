import { createHash } from 'node:crypto';
import type { FastifyInstance, onSendHookHandler } from 'fastify';

/**
 * Whether an `If-None-Match` header names one of the ETags that are served now, or any (`*`). It compares weakly
 * (RFC 9110 §13.1.2). The ETags must have no comma in them.
 */
export function namesOneOf(header: string | undefined, etags: readonly string[]): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const value = candidate.trim().replace(/^W\//, '');
    return value === '*' || etags.includes(value);
  });
}

/**
 * What the web API reads has an ETag over its bytes; whoever has them still is told so with 304. Of the routes that are
 * added after it; index files and downloads have their own.
 */
export function tagAnswers(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const isRead = [route.method].flat().some((method) => method === 'GET' || method === 'HEAD');
    const own = [route.onSend ?? []].flat();
    // A HEAD route has what its GET has.
    if (route.config?.said !== undefined && isRead && !own.includes(tag)) route.onSend = [tag, ...own];
  });
}

const tag: onSendHookHandler = (request, reply, payload, done) => {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead || reply.statusCode !== 200 || typeof payload !== 'string') return done(null, payload);
  const etag = `"${createHash('sha256').update(payload).digest('base64url')}"`;
  reply.header('etag', etag);
  if (!namesOneOf(request.headers['if-none-match'], [etag])) return done(null, payload);
  reply.status(304).removeHeader('content-type').removeHeader('content-length');
  return done(null, '');
};
