import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify';
import { sendProblem } from '../errors.ts';
import { Attempts } from './attempts.ts';
import { callerIfKnown } from './guard.ts';

/**
 * Has whoever asks too often for what costs much work wait: each route says how often is too often (`most`), and people
 * are counted, or addresses where no token is wanted. To be added after the guard, which says who asks; nothing of a
 * body is read then.
 */
export function limitWrites(app: FastifyInstance, now: () => number): void {
  app.addHook('onRoute', (route) => {
    const most = route.config?.said?.most;
    if (most === undefined) return;
    const asked = new Attempts(now, most);
    const count: onRequestAsyncHookHandler = async (request, reply) => {
      const caller = callerIfKnown(request);
      const who = caller === undefined ? `from ${request.ip}` : `by ${caller.name}`;
      const wait = asked.wait(who);
      if (wait === 0) return asked.note(who);
      const detail = `More than ${most} of these were asked for in five minutes ${who}: try again in ${wait} s.`;
      return sendProblem(request, reply, { status: 429, code: 'server/too-many', detail, retryAfter: wait });
    };
    route.onRequest = [...[route.onRequest ?? []].flat(), count];
  });
}
