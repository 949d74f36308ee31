import type { FastifyInstance } from 'fastify';
import { sendProblem } from './errors.ts';

/**
 * Refuses a method that a path has not, and names those that it has (RFC 9110 §15.5.6): before any body is read. It sees the routes
 * that are added after it.
 */
export function refuseMethods(app: FastifyInstance): void {
  const routes: { readonly method: string; readonly path: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, path: pattern(url) });
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    if (methods.length === 0) return done();
    const allowed = [...new Set(methods)].sort().join(', ');
    sendProblem(request, reply.header('allow', allowed), {
      status: 405,
      code: 'server/no-method',
      detail: `There is no ${request.method} of this; there is ${allowed}.`,
    });
  });
}

/** A route's address as the router reads it: `:name` is one part, `*` the rest. */
function pattern(url: string): RegExp {
  const parts = url.split(/(:[A-Za-z]+|\*)/).map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[^\w/-]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
