/** Whatever is read over the network is given up where it trickles. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { downloadDump } from '../../src/facts/dump/download.ts';
import { nodeFeedPorts } from '../../src/facts/feed/ports.ts';
import { httpFetch } from '../../src/facts/maintainers/fetch.ts';
import type { Stopwatch } from '../../src/facts/stopwatch.ts';
import { testStopwatch } from '../support/stopwatch.ts';
import { type Cleanup, tempDir } from '../support/temp.ts';

const sources: Readonly<Record<string, (url: string, stopwatch: Stopwatch) => Promise<unknown>>> = {
  'a feed’s tarball': (url, stopwatch) =>
    nodeFeedPorts({ cache: tempDir(), clock: Date.now, stopwatch }).download(`${url}/db.tar.gz`),
  'a dump': async (url, stopwatch) => {
    const answer = await downloadDump(url, { contact: 'ops@acme.example', stopwatch });
    if (answer.kind === 'dump') for await (const _ of answer.stream);
  },
  'a registry’s web API': (url, stopwatch) => httpFetch(stopwatch)(url, {}),
};

for (const [name, read] of Object.entries(sources)) {
  for (const silent of [true, false]) {
    test(`${name} that ${silent ? 'does not answer' : 'begins and trickles'} is given up`, async (t) => {
      const { url, asked } = await trickling(t, silent);
      const stopwatch = testStopwatch();
      const outcome = assert.rejects(read(url, stopwatch), /fewer than 1024 bytes a second for 30 s/);
      await asked;
      stopwatch.advance(31_000);
      // What came with the head may only be taken now; the next half minute is as silent.
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        stopwatch.advance(31_000);
      }
      await outcome;
    });
  }
}

/** A server that sends no head, or a head and one byte. */
async function trickling(t: Cleanup, silent: boolean): Promise<{ url: string; asked: Promise<void> }> {
  const asked = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    if (!silent) {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('x');
    }
    asked.resolve();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: asked.promise };
}
