/** What a build may ask of its proxy, and what never leaves it. */
import assert from 'node:assert/strict';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { openEgressProxy } from '../../../src/build/egress/proxy.ts';
import type { AllowedEgress } from '../../../src/policy/build-allow.ts';
import { folder } from '../../cli/support.ts';

const by = { kind: 'build-script', crates: [{ name: 'a', version: '1.0.0' }] } as const;

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** An upstream of plain HTTP, and a proxy that lets socket 1 ask it for what is below `/v1`. */
async function scene(t: TestContext, more: { most?: number; isPrivateAllowed?: boolean } = {}) {
  const seen: string[] = [];
  const upstream = createHttp((request, response) => {
    let body = '';
    request.on('data', (bytes) => (body += bytes));
    request.on('end', () => {
      seen.push(`${request.method} ${request.headers.host} ${request.url} ${body}`.trim());
      response.end('answered');
    });
  });
  const port = await listening(t, upstream);
  const allowed: readonly AllowedEgress[] = [
    { host: 'upstream.example', port, methods: ['GET', 'POST'], path: '/v1' },
  ];
  const path = join(folder(t), 'proxy');
  const proxy = await openEgressProxy(path, {
    askerOf: async (inode) => (inode === 1 ? { by, allowed } : inode === 2 ? { by, allowed: [] } : undefined),
    most: 10_000,
    isPrivateAllowed: true,
    resolve: async () => ['127.0.0.1'],
    ...more,
  });
  t.after(() => proxy.close());
  const ask = async (text: string, inode = 1): Promise<string> => {
    const socket = connect(path);
    socket.write(`${inode}\n${text}`);
    let said = '';
    socket.on('data', (bytes) => (said += bytes));
    await new Promise((closed) => socket.once('close', closed));
    return said;
  };
  return { seen, port, path, proxy, ask };
}

describe('the proxy of a build', () => {
  it('hands on what is allowed, one request a connection, and nothing else', async (t) => {
    const { seen, port, proxy, ask } = await scene(t);
    const host = `upstream.example:${port}`;
    const head = `Host: ${host}\r\n`;
    assert.match(
      await ask(`GET http://${host}/v1/x?y=1 HTTP/1.1\r\n${head}\r\n`),
      /^HTTP\/1\.1 200 .*answered$/s,
    );
    assert.match(
      await ask(
        `POST http://${host}/v1 HTTP/1.1\r\n${head}Content-Length: 4\r\n\r\nbodyGET /v2 HTTP/1.1\r\n${head}\r\n`,
      ),
      /^HTTP\/1\.1 200/,
    );
    assert.deepEqual(
      seen,
      [`GET ${host} /v1/x?y=1`, `POST ${host} /v1 body`],
      'what follows a body is dropped',
    );
    const refused: readonly (readonly [request: string, why: RegExp, inode?: number])[] = [
      [`GET http://other.example:${port}/v1 HTTP/1.1\r\nHost: other.example:${port}\r\n`, /that host/],
      [`GET http://upstream.example/v1 HTTP/1.1\r\nHost: upstream.example\r\n`, /that port/],
      [`DELETE http://${host}/v1 HTTP/1.1\r\n${head}`, /that method/],
      [`GET http://${host}/v10 HTTP/1.1\r\n${head}`, /that path/],
      [`GET http://${host}/v1/../v2 HTTP/1.1\r\n${head}`, /more than one way/],
      [`GET http://${host}/v1/%2e%2e/v2 HTTP/1.1\r\n${head}`, /more than one way/],
      [`GET http://${host}/v1//x HTTP/1.1\r\n${head}`, /more than one way/],
      [`GET http://127.0.0.1:${port}/v1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`, /that host/],
      [`GET http://[::1]:${port}/v1 HTTP/1.1\r\nHost: [::1]:${port}\r\n`, /names no host/],
      [`GET http://${host}/v1 HTTP/1.1\r\n${head}${head}`, /more than once/],
      [`GET http://${host}/v1 HTTP/1.1\r\nHost: other.example\r\n`, /Host is another/],
      [`GET http://${host}/v1 HTTP/1.1\r\n`, /Host is another/],
      [`GET http://x@${host}/v1 HTTP/1.1\r\n${head}`, /names no host/],
      [`GET /v1 HTTP/1.1\r\n${head}`, /names no host/],
      [`GET https://${host}/v1 HTTP/1.1\r\n${head}`, /names no host/],
      [
        `POST http://${host}/v1 HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`,
        /Transfer-Encoding/,
      ],
      [
        `POST http://${host}/v1 HTTP/1.1\r\n${head}Content-Length: 4\r\nContent-Length: 5\r\n`,
        /length more than once/,
      ],
      [`GET http://${host}/v1 HTTP/1.1\r\n${head} folded: x\r\n`, /no header/],
      [`GET http://${host}/v1 HTTP/1.1\nHost: other.example\r\n${head}`, /no head has|none of HTTP/],
      [`GET http://${host}/v1 HTTP/1.1\r\n${head}Upgrade: x\r\n`, /Upgrade/],
      [`GET http://${host}/v1 HTTP/1.1\r\n${head}`, /that host/, 2],
      [`GET http://${host}/v1 HTTP/1.1\r\n${head}`, /cannot be told/, 0],
    ];
    for (const [request, why, inode] of refused) {
      const said = await ask(`${request}\r\n`, inode);
      assert.match(said, /^HTTP\/1\.1 403 /, request);
      assert.match(said, why, request);
    }
    assert.equal(seen.length, 2);
    const entries = proxy.entries();
    assert.equal(entries.length, 2 + refused.length);
    assert.deepEqual(
      entries.filter((one) => one.refused === undefined).map(({ method, path }) => `${method} ${path}`),
      ['GET /v1/x', 'POST /v1'],
    );
  });

  it('reaches no address that is not public, and sends no more than it may', async (t) => {
    const inward = await scene(t, { isPrivateAllowed: false });
    const host = `upstream.example:${inward.port}`;
    assert.match(
      await inward.ask(`GET http://${host}/v1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
      /which is no public address/,
    );
    assert.deepEqual(inward.seen, []);
    const small = await scene(t, { most: 200 });
    const place = `upstream.example:${small.port}`;
    const request = `GET http://${place}/v1 HTTP/1.1\r\nHost: ${place}\r\n`;
    assert.match(await small.ask(`${request}\r\n`), /answered/);
    await small.ask(`${request}X: ${'x'.repeat(200)}\r\n\r\n`);
    assert.equal(small.seen.length, 1);
    assert.match(small.proxy.entries()[1]?.refused ?? '', /as much as its policy lets it/);
  });

  it('opens a tunnel for the name that is asked for in it alone', async (t) => {
    let received = 0;
    const raw = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes) => {
        received += bytes.length;
        socket.end();
      });
    });
    const port = await listening(t, raw);
    const path = join(folder(t), 'proxy');
    const allowed = [{ host: 'upstream.example', port, methods: ['GET'], path: '/' }];
    const proxy = await openEgressProxy(path, {
      askerOf: async () => ({ by, allowed }),
      most: 100_000,
      isPrivateAllowed: true,
      resolve: async () => ['127.0.0.1'],
    });
    t.after(() => proxy.close());
    const tunnel = async (then: (socket: ReturnType<typeof connect>) => void) => {
      const socket = connect(path);
      socket.on('error', () => socket.destroy());
      socket.write(`1\nCONNECT upstream.example:${port} HTTP/1.1\r\nHost: upstream.example:${port}\r\n\r\n`);
      await new Promise((answered) => socket.once('data', answered));
      const closed = new Promise((done) => socket.once('close', done));
      then(socket);
      await closed;
    };
    const hello = (servername: string) => (socket: ReturnType<typeof connect>) => {
      connectTls({ socket, servername }).on('error', () => socket.destroy());
    };
    await tunnel(hello('other.example'));
    await tunnel(hello(''));
    await tunnel((socket) => socket.write('GET / HTTP/1.1\r\nHost: upstream.example\r\n\r\n'));
    assert.equal(received, 0);
    await tunnel(hello('upstream.example'));
    assert.ok(received > 100);
    assert.deepEqual(
      proxy.entries().map(({ refused }) => refused),
      [
        'in the tunnel it asks for other.example',
        'in the tunnel it asks for no name',
        'in the tunnel it speaks no TLS',
        undefined,
      ],
    );
  });
});
