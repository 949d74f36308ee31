import type { FastifyInstance } from 'fastify';
import { needs } from '../identity/needs.ts';
import { type DescribedRoute, openApi } from '../openapi/document.ts';
import { apiPage } from '../openapi/page.ts';

const contentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/**
 * The web API about itself: every route that is added after this one says what it reads and writes. Throws where one of the web API
 * does not; cargo's own routes are described by cargo.
 */
export function apiRoutes(app: FastifyInstance, version: string): void {
  const routes: DescribedRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    if (!url.startsWith('/api/v1/') || url.startsWith('/api/v1/crates') || url.endsWith('/openapi.json'))
      return;
    const { needs: permission, said } = config ?? {};
    if (said === undefined || permission === undefined)
      throw new Error(`the route ${url} does not say what it is for`);
    for (const each of [method].flat())
      if (each !== 'HEAD') routes.push({ method: each, url, needs: permission, said });
  });
  let document: object | undefined;
  app.get('/api/v1/openapi.json', needs('anything'), (_request, reply) => {
    document ??= openApi(routes, version);
    return reply.send(document);
  });
  app.get('/api', needs('anything'), (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', contentPolicy)
      .header('x-content-type-options', 'nosniff')
      .send(apiPage(routes, version)),
  );
}
