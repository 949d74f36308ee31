import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { needs } from '../identity/needs.ts';
import type { ServerParts } from '../parts.ts';
import { logEntryJson } from '../shape.ts';

const query = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('The id of the last event that is known; absent: `Last-Event-ID`, or the end of the log.'),
  follow: z
    .enum(['yes', 'no'])
    .default('no')
    .describe('`yes`: the stream stays open, five minutes at most, and what happens is sent as it does.'),
});

/** Entries that are read at a time. */
const page = 500;
/** Milliseconds between two looks, and until a stream without events says that it is alive. */
const pause = 1_000;
const quiet = 15_000;
/** Milliseconds after which a stream ends: whoever may no longer read is asked who he is when he comes again. */
const longest = 5 * 60_000;
const most = 100;

/** What happens to releases, as it happens: the mirror's log as server-sent events (WHATWG HTML, 9.2). */
export function eventStreamRoutes(app: FastifyInstance, { store }: ServerParts): void {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  let open = 0;
  app.get(
    '/api/v1/events',
    needs('releases:read', {
      summary: 'Stream what happens to releases, as server-sent events',
      query,
      answer: 'events',
    }),
    async (request, reply) => {
      const asked = query.safeParse(request.query);
      const last = Number(request.headers['last-event-id'] ?? Number.NaN);
      if (!asked.success)
        return badRequest(
          request,
          reply,
          'Give after (the id of an event) and follow (yes or no); both optional.',
        );
      if (open >= most) {
        const detail = `${most} streams are open: ask again later.`;
        return sendProblem(request, reply, { status: 503, code: 'server/busy', detail, retryAfter: 10 });
      }
      const { follow, after } = asked.data;
      const since = after ?? (Number.isSafeInteger(last) && last >= 0 ? last : await store.lastSeq());
      const ended = new AbortController();
      const signal = AbortSignal.any([closing.signal, ended.signal]);
      const stream = Readable.from(events(store, since, follow === 'yes', signal), { objectMode: false });
      open++;
      stream.once('close', () => {
        open--;
        ended.abort();
      });
      return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(stream);
    },
  );
}

async function* events(
  store: Pick<Store, 'log'>,
  since: number,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield `retry: ${pause}\n\n`;
  let after = since;
  let silence = 0;
  for (let open = 0; ; open += pause) {
    for (;;) {
      const entries = await store.log({ after, limit: page });
      for (const entry of entries)
        yield `id: ${entry.seq}\nevent: ${entry.event}\ndata: ${JSON.stringify(logEntryJson(entry))}\n\n`;
      after = entries.at(-1)?.seq ?? after;
      if (entries.length > 0) silence = 0;
      if (entries.length < page) break;
    }
    if (!follow || open >= longest) return;
    if (silence >= quiet) {
      silence = 0;
      yield ': still here\n\n';
    }
    silence += pause;
    try {
      await setTimeout(pause, undefined, { signal });
    } catch {
      return;
    }
  }
}
