import type { FastifyInstance, FastifyRequest } from 'fastify';
import { begin, type OpenSpan, type SpanSink, within } from '../../facts/tracing.ts';
import type { Sampling } from './settings.ts';

/** What nobody wants to see: it is asked every few seconds. */
const quiet: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Makes a span of each request, under that of its client where it sends one (W3C Trace Context), which also says
 * whether it is traced where `byClient` has it so; of the others a share is.
 */
export function traceRequests(app: FastifyInstance, sink: SpanSink, { ratio, byClient }: Sampling): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    const parent = parentOf(request.headers.traceparent);
    if (quiet.has(route ?? '') || !((byClient ? parent?.isSampled : undefined) ?? Math.random() < ratio))
      return done();
    const name = route === undefined ? request.method : `${request.method} ${route}`;
    const attributes = {
      'http.request.method': request.method,
      'url.path': request.url.split('?', 1)[0] ?? '',
      ...(route === undefined ? {} : { 'http.route': route }),
    };
    const span = begin(sink, name, attributes, parent);
    spans.set(request, span);
    within(sink, span, done);
  });
  // A body is read on the turn of its connection, which knows of no request.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    return span === undefined ? done() : within(sink, span, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': reply.statusCode });
    span?.end(reply.statusCode >= 500 ? String(reply.statusCode) : undefined);
    done();
  });
  app.addHook('onRequestAbort', (request, done) => {
    spans.get(request)?.end('aborted');
    done();
  });
}

/** The `traceparent` of a request (W3C Trace Context, 3.2): of any version that begins as the first does. */
function parentOf(header: unknown) {
  if (typeof header !== 'string') return undefined;
  const [, version, traceId = '', spanId = '', flags = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(header) ?? [];
  if (version === undefined || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
