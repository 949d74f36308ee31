/** What is asked for in a wrong way: no request of it reaches the upstream, nothing but clear words comes back. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { get } from '../support/http.ts';
import { type Scene, startScene } from '../support/scene.ts';

/** Sends bytes as they are, and gives back all that comes until the server hangs up. */
async function raw(scene: Scene, text: string): Promise<string> {
  const { hostname, port } = new URL(scene.mirror.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('error', () => {}); // A reset after the answer is an end too.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(text);
  await closed;
  return Buffer.concat(parts).toString('latin1');
}

const getRaw = (scene: Scene, path: string, more = '') =>
  raw(scene, `GET ${path} HTTP/1.1\r\nHost: mirror.test\r\nConnection: close\r\n${more}\r\n`);

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? Number.NaN);
}

/** Neither a stack nor a file of this machine. */
function assertDiscreet(scene: Scene, answer: string): void {
  assert.ok(!answer.includes(scene.mirror.data), answer);
  assert.doesNotMatch(answer, /\n\s+at |node_modules|\.ts:\d|node:internal/);
}

const malformedIndexPaths = [
  '/index/',
  '/index/serde',
  '/index/se/rd/other',
  '/index/se/rx/serde',
  '/index/rd/se/serde',
  '/index/1/ab',
  '/index/2/a',
  '/index/3/b/abc',
  '/index/3/a/abcd',
  '/index/4/a/abcd',
  '/index/Se/rd/Serde',
  '/index/SE/RD/SERDE',
  '/index/se/rd/SERDE',
  '/index/se%2Frd%2Fserde',
  '/index/se/rd%2fserde',
  '/index/s%65/rd/serde',
  '/index/se/rd/serde/',
  '/index//se/rd/serde',
  '/index/se//rd/serde',
  '/index/se/rd/../rd/serde',
  '/index/../../etc/passwd',
  '/index/%2e%2e/%2e%2e/etc/passwd',
  '/index/..%2f..%2fadmin.token',
  '/index/..\\..\\admin.token',
  '/index/se/rd/serde%00',
  '/index/se/rd/serde%0d%0ax:y',
  '/index/%FF%FE',
  '/index/%',
  '/index/%zz',
  '/index/sé/rd/sérde',
  '/index/1/1',
  '/index/2/-a',
  '/index/.g/it/.git',
  '/index/config.json/',
  '/index/Config.json',
  `/index/aa/aa/${'a'.repeat(65)}`,
  `/index/aa/aa/${'a'.repeat(10_000)}`,
];

test('a malformed index path is 404, or 400 and 414 where it is no path, and the upstream hears nothing', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'serde', version: '1.0.0' });
  for (const path of malformedIndexPaths) {
    const answer = await getRaw(scene, path);
    assert.ok([400, 404, 414].includes(statusOf(answer)), `${path.slice(0, 60)}: ${answer.slice(0, 200)}`);
    assertDiscreet(scene, answer);
    assert.equal(scene.upstream.requests.count(), 0, path);
  }
  assert.equal(statusOf(await getRaw(scene, '/index/se/rd/serde')), 200);
  assert.equal(statusOf(await getRaw(scene, '/index/se/rd/serde?cached=1')), 200);
  assert.equal(statusOf(await getRaw(scene, `/index/aa/aa/${'a'.repeat(64)}`)), 404);
  assert.equal(scene.upstream.requests.count(), 2);
});

test('an impossible download is 404, and the upstream is asked for no archive', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'serde', version: '1.0.0' });
  await scene.index('serde');
  scene.upstream.requests.reset();
  for (const path of [
    '/crates/serde/1.0.1/download',
    '/crates/serde/1.0/download',
    '/crates/serde/latest/download',
    '/crates/serde/..%2f..%2fadmin.token/download',
    '/crates/..%2f..%2fetc/passwd/download',
    '/crates/%2e%2e/1.0.0/download',
    '/crates/serde/__proto__/download',
    '/crates/serde/constructor/download',
    `/crates/serde/${'1'.repeat(250)}/download`,
    `/crates/serde/${'1'.repeat(9_000)}/download`,
    '/crates/s%C3%A9rde/1.0.0/download',
    '/crates/serde/1.0.0',
    '/crates/serde/1.0.0/download/more',
    '/crates/serde',
  ]) {
    const answer = await getRaw(scene, path);
    assert.ok([400, 404, 414].includes(statusOf(answer)), `${path.slice(0, 60)}: ${answer.slice(0, 200)}`);
    assertDiscreet(scene, answer);
  }
  assert.equal(scene.upstream.requests.count(), 0);
  // As cargo does for "{crate}" in another case: one crate.
  assert.equal(statusOf(await getRaw(scene, '/crates/SERDE/1.0.0/download')), 200);
});

test('an absent crate is 404 in words, or in JSON where that is asked for, and asked upstream again after a minute', async (t) => {
  const scene = await startScene(t);
  const answer = await scene.index('absent');
  assert.deepEqual([answer.status, answer.text], [404, 'The registry has no crate of that name.\n']);
  const json = await scene.index('absent', { headers: { accept: 'application/json' } });
  const said = { detail: 'The registry has no crate of that name.', code: 'server/no-crate' };
  assert.deepEqual(json.json(), { title: 'Not Found', status: 404, ...said, errors: [said] });
  assert.match(json.headers['content-type'] ?? '', /^application\/problem\+json/);
  scene.publish({ name: 'absent', version: '1.0.0' });
  scene.clock.advance('1m');
  assert.equal((await scene.index('absent')).status, 200);
});

const hostileHosts = [
  'evil.test/x?',
  'a b',
  'evil.test"',
  '<script>',
  'user@evil.test',
  'a,b',
  '..\\',
  '',
  'é.test',
  '[::1',
  'x:99999999',
];

for (const host of hostileHosts) {
  test(`the Host ${JSON.stringify(host)} is refused or never repeated`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'word', version: '1.0.0' }, { pubtime: scene.clock.iso() });
    const ask = (path: string) =>
      raw(scene, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const config = await ask('/index/config.json');
    assert.equal(statusOf(config), 400, config);
    assertDiscreet(scene, config);
    await ask('/index/wo/rd/word');
    const refusal = await ask('/crates/word/1.0.0/download');
    if (host.length > 3) assert.ok(!refusal.includes(host), refusal);
  });
}

test('config.json follows a good Host and the configured public-url', async (t) => {
  const scene = await startScene(t);
  for (const host of ['mirror.test', 'mirror.test:8480', '[::1]:8480', '127.0.0.1']) {
    const { text } = await get(`${scene.mirror.url}/index/config.json`, { headers: { host } });
    assert.deepEqual(JSON.parse(text), { dl: `http://${host}/crates`, api: `http://${host}` });
  }
  const config = 'public-url = "https://crates.corp.test/mirror/"';
  const { mirror } = await startScene(t, { mirror: { config } });
  const answer = await get(`${mirror.url}/index/config.json`, { headers: { host: 'evil.test' } });
  const base = 'https://crates.corp.test/mirror';
  assert.deepEqual(answer.json(), { dl: `${base}/crates`, api: base });
});

const broken: readonly [what: string, bytes: string][] = [
  [
    'two lengths',
    'POST /api/v1/quarantine/block HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
  ],
  [
    'length and chunks',
    'POST /api/v1/quarantine/block HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /index/se/rd/serde HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ['odd transfer coding', 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n'],
  [
    'odd transfer coding of a route',
    'GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n',
  ],
  [
    'chunked and another coding',
    'POST /api/v1/facts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n'],
  ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n'],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n'],
  ['headers of 100 KB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['ten thousand headers', `GET / HTTP/1.1\r\nHost: a\r\n${'a: b\r\n'.repeat(10_000)}\r\n`],
  ['a URL of 100 KB', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n'],
];

test('requests that no client should send are refused, and the server goes on', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'serde', version: '1.0.0' });
  for (const [what, bytes] of broken) {
    const answer = await raw(scene, bytes);
    const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d)/gm)].map(([, first]) => first);
    assert.ok(
      statuses.length > 0 && statuses.every((first) => first === '4'),
      `${what}: ${answer.slice(0, 200)}`,
    );
    assertDiscreet(scene, answer);
    for (const [, body = ''] of answer.matchAll(/^(\{"title".*\})$/gm))
      assert.match(JSON.parse(body).code, /^server\//, what);
  }
  assert.equal(scene.upstream.requests.count(), 0, 'nothing was smuggled in');
  assert.equal((await scene.index('serde')).status, 200);
});

test('what is longer than headers may be is refused in the shape of every refusal', async (t) => {
  const scene = await startScene(t);
  const long = await fetch(`${scene.mirror.url}/api/v1/affected?of=${'x'.repeat(20_000)}`);
  assert.equal(long.status, 431);
  assert.match(long.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const { title, status, code, errors } = (await long.json()) as Record<string, unknown>;
  const detail = 'The address and the headers of the request are longer than 16 KiB.';
  assert.deepEqual(
    { title, status, code, errors },
    {
      title: 'Request Header Fields Too Large',
      status: 431,
      code: 'server/unreadable-request',
      errors: [{ detail, code: 'server/unreadable-request' }],
    },
  );
});

test('methods and bodies that do not belong are refused in words', async (t) => {
  const scene = await startScene(t);
  const token = scene.mirror.token();
  const asks: readonly [string, string, RequestInit, number][] = [
    ['POST', '/index/se/rd/serde', { body: '{}' }, 405],
    ['DELETE', '/crates/serde/1.0.0/download', { body: '{}' }, 405],
    ['PATCH', '/api/v1/status', { body: 'no JSON' }, 405],
    ['POST', '/nothing', { body: '{}' }, 404],
    ['PUT', '/api/v1/crates/new', { body: Buffer.alloc(100, 1) }, 403],
    ['POST', '/api/v1/quarantine/block', { body: '{"crate":' }, 400],
    ['POST', '/api/v1/quarantine/block', { body: '{"__proto__":{"x":1}}' }, 400],
    ['POST', '/api/v1/quarantine/block', { body: '[]' }, 400],
    [
      'POST',
      '/api/v1/quarantine/block',
      { body: JSON.stringify({ crate: 'x', reason: 'y'.repeat(2 ** 21) }) },
      413,
    ],
    ['POST', '/api/v1/quarantine/block', { body: JSON.stringify({ crate: '../x', reason: 'y' }) }, 400],
  ];
  for (const [method, path, init, status] of asks) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(scene.mirror.url + path, { method, headers, ...init });
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path}: ${text}`);
    assertDiscreet(scene, text);
    if (status === 405) assert.match(answer.headers.get('allow') ?? '', /^GET, HEAD$/);
    if (path.startsWith('/api/')) assert.equal(typeof JSON.parse(text).errors[0].detail, 'string');
  }
});

const hosts: readonly [what: string, request: string, status: number, answer: RegExp][] = [
  [
    'two Hosts',
    'GET /index/config.json HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n',
    400,
    /more than one Host/,
  ],
  [
    'the same Host twice',
    'GET /healthz HTTP/1.1\r\nHost: a.test\r\nhost: a.test\r\n',
    400,
    /more than one Host/,
  ],
  [
    'two Hosts and no such route',
    'GET /nothing HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n',
    400,
    /one Host/,
  ],
  [
    'two Hosts and an offer of HTTP/2',
    'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n',
    400,
    /more than one Host/,
  ],
  ['a Host that is none', 'GET /healthz HTTP/1.1\r\nHost: a b\r\n', 400, /no host/],
  ['a Host with a path', 'GET /healthz HTTP/1.1\r\nHost: a.test/x\r\n', 400, /no host/],
  ['a Host with a name before it', 'GET /healthz HTTP/1.1\r\nHost: u@a.test\r\n', 400, /no host/],
  [
    'an absolute target',
    'GET http://real.test:81/index/config.json HTTP/1.1\r\nHost: other.test\r\n',
    200,
    /"dl":"http:\/\/real\.test:81\/crates"/,
  ],
  ['an absolute target in capitals', 'GET HTTP://real.test/healthz HTTP/1.1\r\nHost: x\r\n', 200, /ok/],
  // At `/` there are pages, to be read alone.
  [
    'an absolute target without a path',
    'POST http://real.test HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n',
    405,
    /there is GET/,
  ],
  [
    'an absolute target and two Hosts',
    'GET http://a.test/healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n',
    400,
    /one Host/,
  ],
  [
    'an absolute target of another scheme',
    'GET ftp://a.test/healthz HTTP/1.1\r\nHost: a\r\n',
    400,
    /no path/,
  ],
  ['an absolute target without a host', 'GET http:///healthz HTTP/1.1\r\nHost: a\r\n', 400, /./],
  ['an absolute target with a password', 'GET http://u:p@a.test/healthz HTTP/1.1\r\nHost: a\r\n', 400, /./],
];

for (const [what, request, status, said] of hosts) {
  test(`${what}: ${status}`, async (t) => {
    const scene = await startScene(t);
    const answer = await raw(scene, `${request}Connection: close\r\n\r\n`);
    assert.equal(statusOf(answer), status, answer);
    assert.match(answer, said);
  });
}
