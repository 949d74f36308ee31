/** How many streams of events there may be, and for how long, whatever their clients do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import Fastify from 'fastify';
import { eventStreamRoutes, type StreamLimits } from '../../../src/server/routes/event-stream.ts';
import type { LogEntry } from '../../../src/store/records.ts';

type Parts = Parameters<typeof eventStreamRoutes>[1];

/** A server of nothing but the stream, over a log that never ends. */
async function served(t: TestContext, limits: StreamLimits) {
  let pages = 0;
  const log = async ({ after = 0, limit }: { after?: number; limit: number }) => {
    pages++;
    return Array.from({ length: limit }, (_, i) => ({
      seq: after + i + 1,
      at: 0,
      event: 'appeared',
      key: 'x'.repeat(1000),
    }));
  };
  const store = { log: log as unknown as () => Promise<LogEntry[]>, lastSeq: async () => 0 };
  const app = Fastify();
  eventStreamRoutes(app, { store, mirror: { context: { now: () => 0 } } } as unknown as Parts, limits);
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.after(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/api/v1/events`, pages: () => pages };
}

test('of those who ask at once no more are let in than there is place for', async (t) => {
  const { url } = await served(t, { most: 2, longest: 1000, cut: 5000 });
  const ends = new AbortController();
  const asked = await Promise.all(
    Array.from({ length: 6 }, () => fetch(`${url}?follow=yes`, { signal: ends.signal })),
  );
  assert.deepEqual(asked.map(({ status }) => status).sort(), [200, 200, 503, 503, 503, 503]);
  ends.abort();
});

test('a HEAD request takes no place, and reads nothing', async (t) => {
  const { url, pages } = await served(t, { most: 1, longest: 1000, cut: 5000 });
  for (let i = 0; i < 3; i++) {
    const head = await fetch(`${url}?follow=yes&after=0`, { method: 'HEAD' });
    assert.deepEqual(
      [head.status, head.headers.get('content-type')],
      [200, 'text/event-stream; charset=utf-8'],
    );
  }
  assert.equal(pages(), 0);
});

test('who does not read is cut off, and leaves his place', { timeout: 30_000 }, async (t) => {
  const { port, url } = await served(t, { most: 1, longest: 0, cut: 100 });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/v1/events?after=0 HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'readable');
  socket.pause();
  for (let status = 503; status !== 200; ) {
    const next = await fetch(`${url}?after=0`);
    status = next.status;
    await next.body?.cancel();
  }
  socket.destroy();
});
