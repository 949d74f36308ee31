import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { maximumBody } from '../../registry/events/delivery.ts';
import { eventSources } from '../../registry/events/index.ts';
import { takeEvents } from '../../registry/events/notices.ts';
import { sendProblem } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';

/** Webhooks of other registries: verified, made durable, answered; the work is done afterwards. */
export function eventRoutes(app: FastifyInstance, parts: ServerParts): void {
  app.register(async (scope) => {
    // Signatures are over the bytes as they came, so nothing may parse them first.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maximumBody }, (_request, body, done) =>
      done(null, body),
    );
    for (const source of Object.values(eventSources)) {
      // Here, since some are refused before they reach the handler: those that are too large.
      const onResponse = async (_request: FastifyRequest, { statusCode }: FastifyReply) => {
        if (statusCode < 400) return;
        parts.metrics.events.inc({ source: source.name, outcome: `refused-${statusCode}` });
      };
      scope.post(`/events/${source.name}`, { onResponse, ...needs('anything') }, async (request, reply) => {
        const settings = parts.events.get(source.name);
        if (settings === undefined) {
          const detail = `This server takes no events from ${source.name}: its configuration has no [events.${source.name}].`;
          return sendProblem(request, reply, { status: 404, code: 'events/not-configured', detail });
        }
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const received = source.receive(request.headers, body, settings, parts.mirror.context.now());
        if (received.kind === 'refused') {
          return sendProblem(request, reply, {
            status: received.status,
            code: 'events/refused',
            detail: received.reason,
          });
        }
        const taken = await takeEvents(parts.mirror.context, source, settings.upstream, received.events);
        parts.metrics.events.inc({ source: source.name, outcome: taken > 0 ? 'accepted' : 'repeated' });
        if (taken > 0) parts.wake();
        return reply.status(202).send({ taken });
      });
    }
  });
}
