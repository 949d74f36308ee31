/** SIGTERM ends a server whatever hangs, and half a request ends by itself. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectH2 } from 'node:http2';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { testClock } from '../support/clock.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { type Cleanup, tempDir } from '../support/temp.ts';
import { isDownload, isIndex, startUpstream } from '../support/upstream.ts';

const root = join(import.meta.dirname, '..', '..');

for (const { name: database, skip } of databases) {
  test(`SIGTERM ends a server whose upstream hangs, with clients that wait and one that reads nothing, on ${database}`, {
    skip,
    timeout: 60_000,
  }, async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    for (const name of ['word', 'slow', 'hung']) upstream.publish(makeCrate({ name, version: '1.0.0' }));
    const { url, server } = await startServer(
      t,
      upstream.indexUrl,
      (await databaseFor(database, t)).database,
    );
    assert.equal((await get(`${url}/index/wo/rd/word`)).status, 200);
    const trickle = upstream.trickleBodies(isDownload('slow'));
    const hold = upstream.holdResponses(isIndex('hung'));
    const left = [`${url}/crates/slow/1.0.0/download`, `${url}/index/hu/ng/hung`].map((path) =>
      get(path).then(
        ({ status }) => status,
        () => 'cut',
      ),
    );
    await Promise.all([trickle.onWaiting(1), hold.onWaiting(1)]);
    const { port, hostname } = new URL(url);
    const half = connect(Number(port), hostname);
    half.on('error', () => {});
    half.write(
      'POST /api/v1/facts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    const [code, signal] = await exited;
    assert.deepEqual([code, signal], [0, null]);
    for (const outcome of await Promise.all(left)) assert.ok(outcome === 503 || outcome === 'cut');
  });
}

test('SIGTERM ends a server whose database does not answer any more', {
  skip: databases[1]?.skip ?? false,
  timeout: 60_000,
}, async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const { database = '' } = await databaseFor('PostgreSQL', t);
  const way = await wayTo(t, database);
  const { server } = await startServer(t, upstream.indexUrl, way.url);
  way.freeze();
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});

const post = 'POST /api/v1/facts HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
for (const [what, text, drip] of [
  ['headers', 'GET /healthz HTTP/1.1\r\nhost: x\r\n', ''],
  ['headers that never end', 'GET /healthz HTTP/1.1\r\nhost: x\r\n', 'a: b\r\n'],
  ['a request line', 'GET /heal', ''],
  ['nothing', '', ''],
  ['a body', `${post}content-length: 99\r\n\r\n{"packages":`, ''],
  ['a body that comes byte by byte', `${post}content-length: 9999\r\n\r\n{"packages":[`, ' '],
  ['a body in pieces that never end', `${post}transfer-encoding: chunked\r\n\r\n1\r\n{\r\n`, '1\r\n \r\n'],
  ['a second request', `GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n${post}content-length: 99\r\n\r\n{`, ''],
  ['an event', `${post.replace('api/v1/facts', 'events/kellnr')}content-length: 99\r\n\r\n{`, ''],
] as const) {
  test(`half of ${what} ends`, async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const config = '[limits]\nrequest-time = "0.2s"\n';
    const mirror = await startMirror(
      { upstream: upstream.indexUrl, clock: testClock('2026-08-01'), config },
      t,
    );
    const { port, hostname } = new URL(mirror.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {}); // What is sent after the answer.
    if (text !== '') socket.write(text);
    const dripping = drip === '' ? undefined : setInterval(() => socket.write(drip), 10);
    t.after(() => clearInterval(dripping));
    let heard = '';
    socket.on('data', (piece: Buffer) => {
      heard += piece.toString();
    });
    // An error before it is no other end: `once` of events would throw it.
    await new Promise<void>((closed) => socket.once('close', () => closed()));
    // Whoever goes on sending may be cut off with the answer still on its way.
    if (heard === '' && dripping !== undefined) return;
    assert.match(heard, /(?:^|\n\n?)HTTP\/1\.1 408 |ok\nHTTP\/1\.1 408 /);
  });
}

test('half of a body over HTTP/2 ends', async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const { selfSigned } = await import('../support/tls.ts');
  const tls = await selfSigned();
  const config = '[limits]\nrequest-time = "0.2s"\n';
  const clock = testClock('2026-08-01');
  const mirror = await startMirror({ upstream: upstream.indexUrl, clock, config, tls }, t);
  for (const type of ['application/json', 'text/plain']) {
    const session = connectH2(mirror.url, { rejectUnauthorized: false });
    t.after(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/api/v1/facts',
      'content-length': '99',
      'content-type': type,
    });
    stream.on('error', () => {});
    stream.write('{');
    await once(stream, 'close');
    assert.equal(stream.closed, true);
  }
});

/** `safeguard serve` as people start it. */
async function startServer(t: Cleanup, upstream: string, database?: string) {
  const args = ['serve', '--listen', '127.0.0.1:0', '--data', tempDir(t), '--upstream', upstream];
  const server: ChildProcess = spawn(
    join(root, 'safeguard'),
    [...args, '--log-format', 'json', ...(database === undefined ? [] : ['--database', database])],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  t.after(() => void server.kill('SIGKILL'));
  const said: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    server.once('exit', () => reject(new Error(said.join('\n'))));
    createInterface(server.stderr as NonNullable<typeof server.stderr>).on('line', (line) => {
      said.push(line);
      const found = /Safeguard is at \S*?(http:\/\/[\d.:]+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return { url, server };
}

/** A way to a database on a socket of this machine, which can be frozen: what is sent then comes to nothing. */
async function wayTo(t: Cleanup, database: string): Promise<{ url: string; freeze: () => void }> {
  const to = new URL(database.replace('@/', '@local/'));
  const socketPath = join(to.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  let frozen = false;
  const server = createServer((client) => {
    const behind = connect(socketPath);
    client.on('data', (piece) => frozen || behind.write(piece));
    behind.on('data', (piece) => frozen || client.write(piece));
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  const { port } = server.address() as { port: number };
  return {
    url: `postgres://${to.username}@127.0.0.1:${port}${to.pathname}`,
    freeze: () => {
      frozen = true;
    },
  };
}
