import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect, createServer as createTcp, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Agent } from 'undici';
import { openFetchProxy } from '../../../src/build/session/fetch-proxy.ts';
import { sessionSources } from '../../../src/build/session/sources.ts';

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

async function place(t: TestContext, dl: string) {
  const seen: Seen[] = [];
  const http = createServer(({ url, headers }, answer) => {
    seen.push({ url, headers });
    answer.setHeader('connection', 'close');
    answer.end(
      url?.endsWith('config.json') ? JSON.stringify({ dl, api: 'x', 'auth-required': true }) : 'bytes',
    );
  });
  const server = `http://127.0.0.1:${await listening(t, http)}`;
  const { origin } = sessionSources(server, []);
  const agent = new Agent();
  const proxy = await openFetchProxy({ server, session: 'sgb_x', origin, dispatcher: agent, besides: agent });
  t.after(async () => {
    await proxy.close();
    await agent.destroy();
  });
  const ask = (url: string, method = 'GET') =>
    new Promise<{ status: number | undefined; text: string }>((done, fail) => {
      const { hostname, port } = new URL(proxy.url);
      const asked = request({ host: hostname, port, path: url, method, agent: false }, (got) => {
        let text = '';
        got.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        got.on('end', () => done({ status: got.statusCode, text }));
      });
      asked.on('error', fail);
      asked.end();
    });
  return { seen, server, origin, proxy, ask };
}

test('the session goes to the mirror’s crates alone', async (t) => {
  const { seen, server, origin, ask } = await place(t, 'https://crates.corp.example/crates');
  assert.deepEqual(await ask(`${origin}/crates/word/1.0.0/download`), { status: 200, text: 'bytes' });
  assert.equal(seen.at(-1)?.headers.authorization, 'sgb_x');
  // Whatever name the mirror has for others, downloads come this way.
  assert.equal((await ask(`${origin}/index/config.json`)).text, `{"dl":"${origin}/crates"}`);
  const before = seen.length;
  for (const path of [
    '/api/v1/tokens',
    '/crates',
    '/',
    '/registries/x/api/v1/crates',
    '/index/../api/v1/tokens',
  ])
    assert.equal((await ask(`${origin}${path}`)).status, 403, path);
  for (const method of ['POST', 'DELETE', 'PUT'])
    assert.equal((await ask(`${origin}/crates/word/1.0.0/download`, method)).status, 403, method);
  assert.equal((await ask('/crates/word/1.0.0/download')).status, 403, 'it is no server');
  assert.equal(seen.length, before);
  // Elsewhere, also at the mirror by its own name: without the session.
  assert.equal((await ask(`${server}/crates/word/1.0.0/download`)).text, 'bytes');
  assert.equal(seen.at(-1)?.headers.authorization, undefined);
});

test('tunnels lead elsewhere, and end with the proxy', async (t) => {
  const { proxy } = await place(t, '');
  const echo = createTcp((socket) => void socket.on('error', () => {}).pipe(socket));
  const port = await listening(t, echo);
  const client = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  client.on('error', () => {});
  client.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  const next = () =>
    new Promise<string>((done) => client.once('data', (bytes: Buffer) => done(bytes.toString())));
  assert.match(await next(), /^HTTP\/1\.1 200 /);
  client.write('hello');
  assert.equal(await next(), 'hello');
  const closed = new Promise<void>((done) => client.once('close', () => done()));
  await proxy.close();
  await closed;
});

test('registries of the mirror are replaced, and no other', () => {
  const server = 'https://crates.corp.example';
  const { origin, words } = sessionSources(server, [
    'registry+https://github.com/rust-lang/crates.io-index',
    `sparse+${server}/registries/own/index/`,
    `sparse+${server}/registries/own/index/`,
    'sparse+https://crates.corp.example.evil.invalid/index/',
    'git+https://git.corp.example/a.git#1',
  ]);
  assert.deepEqual(
    words.filter((one) => one !== '--config'),
    [
      'source.crates-io.replace-with="safeguard-session"',
      `registries.safeguard-session.index="sparse+${origin}/index/"`,
      `source.safeguard-own-0.registry="sparse+${server}/registries/own/index/"`,
      'source.safeguard-own-0.replace-with="safeguard-session-0"',
      `registries.safeguard-session-0.index="sparse+${origin}/registries/own/index/"`,
    ],
  );
});
