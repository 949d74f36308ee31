import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import { badRequest, sendProblem } from '../errors.ts';
import { isStillAdmitted } from '../identity/guard.ts';
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
    .describe(
      '`yes`: the stream stays open, five minutes at most, and what happens is sent as it does. It ends with the token that it was asked for with.',
    ),
});

/** Entries that are read at a time. */
const page = 500;
/** Milliseconds between two looks, and until a stream without events says that it is alive. */
const pause = 1_000;
const quiet = 15_000;

/** How many streams there may be. */
export interface StreamLimits {
  readonly most: number;
  /** Milliseconds after which one ends, and after which it is cut off from whoever does not read it. */
  readonly longest: number;
  readonly cut: number;
}

const ordinary: StreamLimits = { most: 100, longest: 5 * 60_000, cut: 5.5 * 60_000 };

/** What happens to releases, as it happens: the mirror's log as server-sent events (WHATWG HTML, 9.2). */
export function eventStreamRoutes(
  app: FastifyInstance,
  parts: Pick<ServerParts, 'store' | 'guesses' | 'buildSessions' | 'mirror'>,
  { most, longest, cut }: StreamLimits = ordinary,
): void {
  const { store, guesses, buildSessions, mirror } = parts;
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
      reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
      // Nobody reads what would be sent: nothing would end it.
      if (request.method === 'HEAD') return reply.send(Readable.from([]));
      open++;
      const ended = new AbortController();
      const leave = () => {
        open--;
        ended.abort();
      };
      const { follow, after } = asked.data;
      let since: number;
      try {
        since = after ?? lastKnown(request) ?? (await store.lastSeq());
      } catch (error) {
        leave();
        throw error;
      }
      const stream = Readable.from(
        events(store, {
          since,
          longest: follow === 'yes' ? longest : 0,
          signal: AbortSignal.any([closing.signal, ended.signal]),
          isAdmitted: () =>
            isStillAdmitted(request, { store, guesses, buildSessions, now: mirror.context.now }),
        }),
        { objectMode: false },
      );
      const late = setTimeout(() => stream.destroy(), cut).unref();
      stream.once('close', () => {
        clearTimeout(late);
        leave();
      });
      return reply.send(stream);
    },
  );
}

/** The id of the last event that a client has, where it says so. */
function lastKnown({ headers }: FastifyRequest): number | undefined {
  const last = Number(headers['last-event-id'] ?? Number.NaN);
  return Number.isSafeInteger(last) && last >= 0 ? last : undefined;
}

interface Streamed {
  readonly since: number;
  /** Milliseconds in which what happens is waited for. */
  readonly longest: number;
  readonly signal: AbortSignal;
  readonly isAdmitted: () => Promise<boolean>;
}

async function* events(
  store: Pick<Store, 'log'>,
  { since, longest, signal, isAdmitted }: Streamed,
): AsyncGenerator<string> {
  yield `retry: ${pause}\n\n`;
  let after = since;
  let silence = 0;
  for (let open = 0; ; open += pause) {
    for (;;) {
      if (!(await isAdmitted())) return;
      const entries = await store.log({ after, limit: page });
      for (const entry of entries)
        yield `id: ${entry.seq}\nevent: ${entry.event}\ndata: ${JSON.stringify(logEntryJson(entry))}\n\n`;
      after = entries.at(-1)?.seq ?? after;
      if (entries.length > 0) silence = 0;
      if (entries.length < page) break;
    }
    if (open >= longest) return;
    if (silence >= quiet) {
      silence = 0;
      yield ': still here\n\n';
    }
    silence += pause;
    try {
      await wait(pause, undefined, { signal });
    } catch {
      return;
    }
  }
}
