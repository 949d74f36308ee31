/** Every route that a server registers, as fastify itself tells it: nothing that is added later can be missed. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';

/** Runs `start` and returns what it made, with the routes of every fastify app made meanwhile as `GET /path`. */
export async function withRoutes<T>(start: () => Promise<T>): Promise<{ made: T; routes: string[] }> {
  const routes: string[] = [];
  const onApp = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.push(`${each} ${url}`);
    });
  };
  subscribe('fastify.initialization', onApp);
  try {
    const made = await start();
    return { made, routes: [...new Set(routes)].sort() };
  } finally {
    unsubscribe('fastify.initialization', onApp);
  }
}
