import type { FastifyInstance } from 'fastify';
import type { DeliveryCount } from '../../store/outbox.ts';
import { type NotifyTestedJson, notifyTestedSchema, notifyTestSchema, type StatusJson } from '../contract.ts';
import { badRequest } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { rfc3339 } from '../shape.ts';

/** Trying out whether those who are to be told can be reached. */
export function notifyRoutes(app: FastifyInstance, parts: ServerParts): void {
  app.post(
    '/api/v1/notify/test',
    needs('notify:test', {
      summary: 'Try out whether people can be told',
      body: notifyTestSchema,
      answer: notifyTestedSchema,
    }),
    async (request, reply) => {
      const body = notifyTestSchema.safeParse(request.body ?? {});
      const { targets } = parts.notifier;
      const wanted = targets.filter(({ name }) => name === (body.data?.target ?? name));
      if (!body.success || wanted.length === 0) {
        const names = targets.map(({ name }) => name).join(', ');
        const detail =
          targets.length === 0
            ? 'No [[notify]] is configured here.'
            : `Give a target, one of ${names}, or none for all of them.`;
        return badRequest(request, reply, detail);
      }
      const tested: NotifyTestedJson = {
        tests: (await parts.notifier.test(wanted)).map(({ target: { name, kind, where }, error }) => ({
          target: name,
          kind,
          where,
          error: error ?? null,
        })),
      };
      return reply.send(tested);
    },
  );
}

/** How it stands with those who are told, and with those who were and have something waiting. */
export async function notifyStatus({ notifier, store }: ServerParts): Promise<StatusJson['notify']> {
  const counts = await store.deliveryCounts();
  const { targets } = notifier;
  const gone = new Set(counts.filter(({ outcome }) => outcome === 'pending').map(({ target }) => target));
  const former = [...gone]
    .filter((name) => targets.every((target) => target.name !== name))
    .map((name) => ({ name, kind: null, where: 'configured no more' }));
  return [...targets, ...former].map(({ name, kind, where }) => {
    const of = (outcome: DeliveryCount['outcome']) =>
      counts.find((count) => count.target === name && count.outcome === outcome);
    const lastDelivered = of('delivered')?.lastEnd ?? null;
    return {
      name,
      kind,
      where,
      waiting: of('pending')?.count ?? 0,
      delivered: of('delivered')?.count ?? 0,
      givenUp: of('given-up')?.count ?? 0,
      lastDelivered: lastDelivered === null ? null : rfc3339(lastDelivered),
      error: of('pending')?.error ?? of('given-up')?.error ?? null,
    };
  });
}
