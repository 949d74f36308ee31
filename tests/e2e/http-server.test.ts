/** The server as its operators meet it: health, connections, slow and vanishing clients, an orderly end. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from '../../src/server/serve.ts';
import { get, startThenAbort } from '../support/http.ts';
import { downloadPathOf, indexPathOf, noise, startScene } from '../support/scene.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';

test('health, readiness and metrics answer in the forms that their readers expect', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  await scene.index('word');
  const [health, ready, metrics] = await Promise.all(
    ['/healthz', '/readyz', '/metrics'].map((path) => get(scene.mirror.url + path)),
  );
  assert.deepEqual([health?.status, health?.text], [200, 'ok\n']);
  assert.deepEqual([ready?.status, ready?.text], [200, 'ready\n']);
  assert.match(metrics?.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
  assert.match(metrics?.text ?? '', /^safeguard_releases\{state="promoted"\} 1$/m);
  assert.match(metrics?.text ?? '', /^safeguard_answers_total\{route="\/index\/\*",status="200"\} 1$/m);
  assert.doesNotMatch(metrics?.text ?? '', /word/, 'no label that grows with what clients ask');
});

test('readiness says 503 in words when the store is gone; health does not depend on it', async (t) => {
  const scene = await startScene(t);
  const gone = new Error('the disk caught fire at /dev/secret');
  t.mock.method(scene.mirror.server.store, 'lastSeq', () => Promise.reject(gone));
  const ready = await get(`${scene.mirror.url}/readyz`);
  assert.ok(ready.status >= 500);
  assert.doesNotMatch(ready.text, /secret/);
  assert.equal((await get(`${scene.mirror.url}/healthz`)).status, 200);
});

test('one connection serves many requests', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (const path of [
    '/index/config.json',
    indexPathOf('word'),
    downloadPathOf('word', '1.0.0'),
    '/nothing',
  ]) {
    const sent = request(scene.mirror.url + path, { agent });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    ports.add(response.socket.localPort);
    response.resume();
    await once(response, 'end');
  }
  assert.equal(ports.size, 1);
});

/** Blob files of a data folder that this process has open (Linux only). */
function openBlobs(data: string): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // Closed since it was listed.
    }
  });
  return links.filter((path) => path.startsWith(join(data, 'blobs')) && /\/[0-9a-f]{64}$/.test(path)).length;
}

test('a large download leaves no file open, whether it ends or the client leaves', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const scene = await startScene(t);
  const crate = scene.publish({ name: 'large', version: '1.0.0', files: { 'data.bin': noise(3_000_000) } });
  assert.deepEqual((await scene.download('large', '1.0.0')).body, crate.bytes);
  const url = scene.mirror.url + downloadPathOf('large', '1.0.0');
  for (let i = 0; i < 5; i++) {
    await startThenAbort(url, 100_000);
    assert.equal((await scene.download('large', '1.0.0')).body.length, crate.bytes.length);
    await scene.download('large', '1.0.0', { method: 'HEAD' });
    await scene.download('large', '1.0.0', { headers: { 'if-none-match': '*' } });
  }
  for (let look = 0; openBlobs(scene.mirror.data) > 0; look++) {
    assert.ok(look < 1_000, `${openBlobs(scene.mirror.data)} files stay open`);
    await scene.mirror.call('/healthz'); // A turn for whatever is being closed.
  }
});

test('a hundred clients that do not read cost no memory for what they do not read', async (t) => {
  const scene = await startScene(t);
  const crate = scene.publish({ name: 'large', version: '1.0.0', files: { 'data.bin': noise(8_000_000) } });
  assert.equal((await scene.download('large', '1.0.0')).status, 200);
  const { hostname, port } = new URL(scene.mirror.url);
  const before = process.memoryUsage();
  const clients = Array.from({ length: 100 }, () => connect(Number(port), hostname));
  for (const client of clients) {
    client.write(`GET ${downloadPathOf('large', '1.0.0')} HTTP/1.1\r\nHost: a\r\n\r\n`);
    client.once('readable', () => {}); // Reading starts at the first look, and stops at the high-water mark.
  }
  await Promise.all(clients.map((client) => once(client, 'readable')));
  // Other work goes on meanwhile.
  for (let i = 0; i < 50; i++) assert.equal((await scene.index('large')).status, 200);
  const after = process.memoryUsage();
  // Before the mirror is closed, which would wait for them.
  for (const client of clients) client.destroy();
  const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed;
  assert.ok(
    grown < 100 * 1_000_000,
    `${Math.round(grown / 1e6)} MB for ${(crate.bytes.length * 100) / 1e6} MB of bodies`,
  );
});

test('closing waits for a download, refuses new connections, and is not kept up by idle ones', async (t) => {
  const scene = await startScene(t);
  const crate = scene.publish({ name: 'large', version: '1.0.0', files: { 'data.bin': noise(16_000_000) } });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const idle = request(`${scene.mirror.url}/healthz`, { agent });
  idle.end();
  const [hello] = (await once(idle, 'response')) as [IncomingMessage];
  hello.resume();
  await once(hello, 'end');
  await scene.download('large', '1.0.0', { method: 'HEAD' });

  const sent = request(scene.mirror.url + downloadPathOf('large', '1.0.0'), { agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const closing = scene.mirror.close();
  let received = 0;
  for await (const part of response) received += (part as Buffer).length;
  assert.equal(received, crate.bytes.length);
  await closing;
  await assert.rejects(get(`${scene.mirror.url}/healthz`), /ECONNREFUSED/);
});

for (const [listen, host] of [
  ['[::1]:0', '[::1]'],
  ['[::]:0', '[::1]'],
  ['0.0.0.0:0', '127.0.0.1'],
] as const) {
  test(`listening on ${listen} gives an address that clients can use`, async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const write = t.mock.method(process.stdout, 'write', () => true);
    const server = await serve({
      listen,
      data: tempDir(t),
      upstream: upstream.indexUrl,
      logFormat: 'text',
      insecure: true,
      advisoryDb: ['none'],
    });
    write.mock.restore();
    t.after(() => server.close());
    assert.equal(new URL(server.url).hostname, host);
    const config = (await get(`${server.indexUrl}config.json`)).json<{ dl: string }>();
    assert.equal(config.dl, `${server.url}/crates`);
  });
}
