/** HTTPS: HTTP/2 for those who can, HTTP/1.1 for those who cannot, and the real cargo. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { request } from 'node:https';
import { type TestContext, test } from 'node:test';
import { cargoProject, lockedReleases } from '../support/cargo.ts';
import { downloadPathOf, indexPathOf, noise, type Scene, startScene } from '../support/scene.ts';
import { selfSigned } from '../support/tls.ts';

async function startTls(t: TestContext) {
  const tls = selfSigned(t);
  const scene = await startScene(t, { mirror: { tls } });
  return { tls, scene };
}

/** An HTTP/2 connection, closed before the server is asked to close. */
function connectH2(t: TestContext, scene: Scene, ca: string) {
  const session = connect(scene.mirror.url, { ca });
  t.after(() => session.destroy());
  return {
    session,
    async get(path: string, headers: Record<string, string> = {}, method = 'GET') {
      const stream = session.request({ ':path': path, ':method': method, ...headers });
      const [answer] = (await once(stream, 'response')) as [Record<string, string | number>];
      const parts: Buffer[] = [];
      for await (const part of stream) parts.push(part as Buffer);
      return { status: answer[':status'], headers: answer, body: Buffer.concat(parts) };
    },
  };
}

test('a hundred requests share one HTTP/2 connection, and each gets its own bytes', async (t) => {
  const { tls, scene } = await startTls(t);
  const crates = Array.from({ length: 50 }, (_, i) => scene.publish({ name: `word-${i}`, version: '1.0.0' }));
  const { session, get } = connectH2(t, scene, tls.cert);
  const answers = await Promise.all(
    crates.flatMap(({ name }) => [get(indexPathOf(name)), get(downloadPathOf(name, '1.0.0'))]),
  );
  assert.equal(session.alpnProtocol, 'h2');
  for (const [i, crate] of crates.entries()) {
    const [index, bytes] = answers.slice(2 * i);
    assert.equal(index?.status, 200);
    assert.deepEqual(index?.body, scene.upstream.lines(crate.name));
    assert.deepEqual(bytes?.body, crate.bytes);
    const etag = String(index?.headers.etag);
    assert.equal((await get(indexPathOf(crate.name), { 'if-none-match': etag })).status, 304);
  }
  assert.equal((await get('/index/config.json', {}, 'HEAD')).body.length, 0);
});

test('config.json says https, by the name that the client used', async (t) => {
  const { tls, scene } = await startTls(t);
  const { get } = connectH2(t, scene, tls.cert);
  const config = JSON.parse((await get('/index/config.json')).body.toString());
  assert.deepEqual(config, { dl: `${scene.mirror.url}/crates`, api: scene.mirror.url });
});

test('a refusal reads the same over HTTP/2', async (t) => {
  const { tls, scene } = await startTls(t);
  scene.publish({ name: 'word', version: '1.0.0' }, { pubtime: scene.clock.iso() });
  const { get } = connectH2(t, scene, tls.cert);
  await get(indexPathOf('word'));
  const refused = await get(downloadPathOf('word', '1.0.0'));
  assert.equal(refused.status, 403);
  assert.match(refused.body.toString(), new RegExp(`^More: ${scene.mirror.url}/releases/word/1.0.0$`, 'm'));
});

test('a client without HTTP/2 gets HTTP/1.1', async (t) => {
  const { tls, scene } = await startTls(t);
  const crate = scene.publish({ name: 'word', version: '1.0.0' });
  const sent = request(scene.mirror.url + downloadPathOf('word', '1.0.0'), { ca: tls.cert, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  assert.equal(response.httpVersion, '1.1');
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  assert.deepEqual(Buffer.concat(parts), crate.bytes);
});

test('the real cargo fetches over HTTP/2 and builds', async (t) => {
  const { tls, scene } = await startTls(t);
  for (let i = 0; i < 30; i++) scene.publish({ name: `word-${i}`, version: '1.0.0' });
  const names = Array.from({ length: 30 }, (_, i) => `word-${i}`);
  const project = cargoProject(
    {
      dependencies: Object.fromEntries(names.map((name) => [name, '1'])),
      registryUrl: scene.mirror.cargoUrl,
      main: 'fn main() { println!("{}", word_7::hello()); }\n',
    },
    t,
  );
  const trust = { CARGO_HTTP_CAINFO: tls.certFile, CARGO_HTTP_DEBUG: 'true', CARGO_LOG: 'network=debug' };
  const fetched = await project.run(['fetch'], trust);
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match(fetched.stderr, /ALPN: server accepted h2/);
  assert.equal(lockedReleases(await project.lockfile()).length, 31);
  const ran = await project.run(['run', '--offline'], trust);
  assert.equal(ran.stdout, 'hello\n', ran.stderr);
});

for (const protocol of ['HTTP/2', 'HTTP/1.1'] as const) {
  test(`closing lets a download over ${protocol} finish`, async (t) => {
    const { tls, scene } = await startTls(t);
    const files = { 'data.bin': noise(16_000_000) };
    const crate = scene.publish({ name: 'large', version: '1.0.0', files });
    assert.ok(crate.bytes.length > 1024 * 1024, 'it is streamed');
    const path = downloadPathOf('large', '1.0.0');
    let received = 0;
    let closing: Promise<void> | undefined;
    const count = async (body: AsyncIterable<Buffer>) => {
      for await (const part of body) {
        received += part.length;
        closing ??= scene.mirror.close();
      }
    };
    if (protocol === 'HTTP/2') {
      const { session } = connectH2(t, scene, tls.cert);
      await count(session.request({ ':path': path }));
    } else {
      const sent = request(scene.mirror.url + path, { ca: tls.cert, agent: false });
      sent.end();
      const [response] = await once(sent, 'response');
      await count(response);
    }
    assert.equal(received, crate.bytes.length);
    await closing;
  });
}
