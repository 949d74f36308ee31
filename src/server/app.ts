import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { hostOf } from './address.ts';
import { limitRequests } from './connections.ts';
import { definedFunctions } from './defined-functions/defined.ts';
import { badRequest, problemOf, sendProblem } from './errors.ts';
import { tagAnswers } from './etag.ts';
import { acceptH2c } from './h2c.ts';
import { answerOnce } from './idempotency.ts';
import { limitWrites } from './identity/costly.ts';
import { guard } from './identity/guard.ts';
import { refuseMethods } from './methods.ts';
import type { ServerParts } from './parts.ts';
import { pathOfTarget, refuseFraming, refuseHost, refuseQuery } from './request-target.ts';
import { apiRoutes } from './routes/api.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { auditRoutes } from './routes/audit.ts';
import { buildSessionRoutes } from './routes/build-sessions.ts';
import { cargoApiRoutes } from './routes/cargo-api.ts';
import { changeRoutes } from './routes/changes.ts';
import { codeRoutes } from './routes/code.ts';
import { deploymentRoutes } from './routes/deployments.ts';
import { downloadRoutes } from './routes/downloads.ts';
import { eventStreamRoutes } from './routes/event-stream.ts';
import { eventRoutes } from './routes/events.ts';
import { explainRoutes } from './routes/explain.ts';
import { exploitedRoutes } from './routes/exploited.ts';
import { exposureRoutes } from './routes/exposures.ts';
import { gateRoutes } from './routes/gate.ts';
import { graphRoutes } from './routes/graph.ts';
import { hostRoutes } from './routes/hosts.ts';
import { indexRoutes } from './routes/index-files.ts';
import { installedRoutes } from './routes/installed.ts';
import { inventoryRoutes } from './routes/inventory.ts';
import { notifyRoutes } from './routes/notify.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { operationsRoutes } from './routes/operations.ts';
import { pageRoutes } from './routes/pages.ts';
import { policyRoutes } from './routes/policy.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { requestRoutes } from './routes/requests.ts';
import { sessionRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';
import { sightingRoutes } from './routes/sightings.ts';
import { signatureRoutes } from './routes/signatures.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { vexRoutes } from './routes/vex.ts';
import { traceRequests } from './tracing/requests.ts';
import { refuseUnreadable } from './unreadable.ts';

/** PEM texts; with them the server speaks HTTPS, and HTTP/2 to those who can. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** All routes over their parts; not yet listening. */
export function buildApp(parts: ServerParts, tls?: Tls): FastifyInstance {
  const { requestTime } = parts;
  const options = {
    // Of HTTP/1; for HTTP/2 see below.
    requestTimeout: requestTime,
    http: {
      headersTimeout: requestTime,
      connectionsCheckingInterval: Math.min(5_000, Math.ceil(requestTime / 4)),
    },
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 256 },
    keepAliveTimeout: 75_000,
    rewriteUrl: pathOfTarget,
    // Without any, what a client says of its own address is nothing.
    trustProxy: parts.trustedProxies.length > 0 && [...parts.trustedProxies],
    clientErrorHandler: refuseUnreadable,
    // What the router refuses before any route is chosen, such as a path that is no URL.
    frameworkErrors: (error: Error, request: unknown, reply: unknown) =>
      void sendProblem(request as FastifyRequest, reply as FastifyReply, problemOf(error)),
  };
  // The types of HTTP/1 and HTTP/2 requests differ in nothing that is used here.
  const app =
    tls === undefined
      ? Fastify(options)
      : (Fastify({
          ...options,
          http2: true,
          https: { ...tls, allowHTTP1: true, handshakeTimeout: requestTime },
        }) as unknown as FastifyInstance);

  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status === 500) parts.log.failure(error, `${request.method} ${request.url}`);
    else if (problem.status > 500) {
      // The error's own words, which may name this machine's files.
      const message = error instanceof Error ? withCause(error) : problem.detail;
      parts.log.trouble(message, { code: problem.code });
    }
    return sendProblem(request, reply, problem);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, {
      status: 404,
      code: 'server/no-route',
      detail: 'There is nothing here; the index is at /index/.',
    }),
  );
  if (parts.tracing !== undefined) traceRequests(app, parts.tracing.sink, parts.tracing.sampling);
  limitRequests(app, requestTime);
  // Every answer follows from a policy and a clock: where a route says nothing else, no cache keeps it.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('cache-control', 'no-store');
    const host = refuseHost(request.raw);
    const framing = host === undefined ? refuseFraming(request.raw) : undefined;
    const query = refuseQuery(request.raw);
    if (host !== undefined)
      sendProblem(request, reply, { status: 400, code: 'server/bad-host', detail: host });
    else if (framing !== undefined)
      sendProblem(request, reply.header('connection', 'close'), {
        status: 400,
        code: 'server/bad-framing',
        detail: framing,
      });
    else if (query !== undefined) badRequest(request, reply, query);
    else done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    parts.metrics.answers.inc({ route: request.routeOptions.url ?? 'none', status: reply.statusCode });
    done();
  });

  refuseMethods(app);

  const { store, tokenUses: uses, guesses, isClosed, buildSessions } = parts;
  const { now } = parts.mirror.context;
  guard(app, {
    store,
    uses,
    guesses,
    isClosed,
    buildSessions,
    hostOf: (request) => hostOf(parts, request),
    now,
  });
  limitWrites(app, now);
  answerOnce(app, { store, now });
  tagAnswers(app);
  apiRoutes(app, parts.version);
  pageRoutes(app);

  if (tls === undefined) acceptH2c(app);
  for (const registry of parts.mirror.context.upstreams.keys()) {
    indexRoutes(app, parts, registry);
    downloadRoutes(app, parts, registry);
    cargoApiRoutes(app, parts, registry);
  }
  quarantineRoutes(app, parts);
  requestRoutes(app, parts);
  approvalRoutes(app, parts);
  policyRoutes(app, parts);
  explainRoutes(app, parts);
  codeRoutes(app, parts);
  gateRoutes(app, parts);
  changeRoutes(app, parts);
  graphRoutes(app, parts);
  const defined = definedFunctions(parts.mirror);
  app.addHook('onClose', () => defined.close());
  inventoryRoutes(app, parts, defined.defines);
  uploadRoutes(app, parts);
  sightingRoutes(app, parts);
  installedRoutes(app, parts);
  exposureRoutes(app, parts, defined.defines);
  exploitedRoutes(app, parts);
  hostRoutes(app, parts);
  deploymentRoutes(app, parts);
  vexRoutes(app, parts);
  operationsRoutes(app, parts);
  settingsRoutes(app, parts);
  tokenRoutes(app, parts);
  sessionRoutes(app, parts);
  oidcRoutes(app, parts);
  buildSessionRoutes(app, parts);
  signatureRoutes(app, parts);
  auditRoutes(app, parts);
  eventStreamRoutes(app, parts);
  notifyRoutes(app, parts);
  eventRoutes(app, parts);
  return app;
}

/** An error's words with those of what caused it: for the log alone. */
function withCause({ message, cause }: Error): string {
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message;
}
