/** Validators, encodings and caching: what RFC 9110 and 9111 ask of an index that a policy decides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { HttpResponse } from '../support/http.ts';
import { startScene } from '../support/scene.ts';

const gzip = { 'accept-encoding': 'gzip' };

function etagOf(answer: HttpResponse): string {
  const { etag } = answer.headers;
  assert.match(etag ?? '', /^"[^"]+"$/, 'a strong ETag');
  return etag ?? '';
}

test('an index file has a strong ETag over its bytes, another one compressed, and either validates', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  const plain = await scene.index('word');
  const packed = await scene.index('word', { headers: gzip });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  for (const answer of [plain, packed]) {
    assert.equal(answer.headers['cache-control'], 'no-cache');
    assert.equal(answer.headers.vary, 'accept-encoding');
    assert.equal(answer.headers['content-length'], String(answer.body.length));
  }
  const tags = [etagOf(plain), etagOf(packed)];
  assert.notEqual(tags[0], tags[1]);
  for (const tag of tags) {
    for (const coding of [{}, gzip]) {
      const again = await scene.index('word', { headers: { ...coding, 'if-none-match': tag } });
      assert.equal(again.status, 304);
      assert.equal(again.body.length, 0);
      assert.equal(again.headers['cache-control'], 'no-cache');
      assert.equal(again.headers.vary, 'accept-encoding');
      assert.ok(tags.includes(etagOf(again)));
    }
  }
});

const validators: readonly [asked: string, status: number][] = [
  ['TAG', 304],
  ['W/TAG', 304],
  ['*', 304],
  ['"other", TAG', 304],
  ['"other",W/TAG , "more"', 304],
  ['"other"', 200],
  ['W/"other"', 200],
  ['""', 200],
  ['nonsense', 200],
  ['', 200],
];

for (const [asked, status] of validators) {
  test(`If-None-Match ${asked === '' ? '(empty)' : asked} is ${status} for index and download`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'word', version: '1.0.0' });
    for (const ask of [
      (headers: Record<string, string>) => scene.index('word', { headers }),
      (headers: Record<string, string>) => scene.download('word', '1.0.0', { headers }),
    ]) {
      const tag = etagOf(await ask({}));
      const again = await ask({ 'if-none-match': asked.replace('TAG', tag) });
      assert.equal(again.status, status);
      assert.equal(again.body.length === 0, status === 304);
    }
  });
}

test('the ETag changes with a yank, a hold that ends and a block, and not otherwise', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  const seen = [etagOf(await scene.index('word'))];
  const changed = async (what: string) => {
    const tag = etagOf(await scene.index('word'));
    assert.ok(!seen.includes(tag), what);
    seen.push(tag);
  };
  scene.publish({ name: 'word', version: '1.0.1' }, { pubtime: scene.clock.iso() });
  scene.clock.advance('10m');
  await scene.mirror.tick();
  await changed('a held release appeared');
  scene.clock.advance('3d');
  await scene.mirror.tick();
  await changed('the hold ended');
  scene.upstream.yank('word', '1.0.0');
  scene.clock.advance('10m');
  await scene.mirror.tick();
  await changed('a yank');
  const body = { crate: 'word', version: '1.0.1', reason: 'a test' };
  const blocked = await scene.mirror.call('/api/v1/quarantine/block', {
    method: 'POST',
    body,
    token: scene.mirror.token(),
  });
  assert.equal(blocked.status, 200);
  await changed('a block');
  const last = etagOf(await scene.index('word'));
  scene.clock.advance('10m');
  await scene.mirror.tick();
  assert.equal(etagOf(await scene.index('word')), last);
});

test('gzip is used when it is asked for, and only then', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  const cases: readonly [string, boolean][] = [
    ['gzip', true],
    ['deflate, gzip', true],
    ['gzip;q=0.5', true],
    ['GZIP', true],
    ['br, gzip;q=1.0, *;q=0', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000', false],
    ['identity', false],
    ['br', false],
    ['xgzip', false],
  ];
  for (const [asked, packed] of cases) {
    const answer = await scene.index('word', { headers: { 'accept-encoding': asked } });
    assert.equal(answer.headers['content-encoding'], packed ? 'gzip' : undefined, asked);
  }
});

test('HEAD tells what GET would, without a body: index, download, refusal, absence', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  await scene.index('word');
  scene.publish({ name: 'word', version: '1.0.1' }, { pubtime: scene.clock.iso() });
  scene.clock.advance('10m');
  await scene.mirror.tick();
  const asks = [
    () => (method: string) => scene.index('word', { method }),
    () => (method: string) => scene.index('word', { method, headers: gzip }),
    () => (method: string) => scene.download('word', '1.0.0', { method }),
    () => (method: string) => scene.download('word', '1.0.1', { method }),
    () => (method: string) => scene.index('absent', { method }),
  ].map((make) => make());
  const statuses: number[] = [];
  for (const ask of asks) {
    const [got, head] = [await ask('GET'), await ask('HEAD')];
    assert.equal(head.body.length, 0);
    assert.equal(head.status, got.status);
    for (const name of [
      'content-length',
      'content-type',
      'content-encoding',
      'etag',
      'cache-control',
      'vary',
    ])
      assert.equal(head.headers[name], got.headers[name], `${name} of ${got.status}`);
    statuses.push(got.status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 403, 404]);
});

test('a shared cache must ask before each use: nothing that a policy decides has a freshness of its own', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  const token = scene.mirror.token();
  const paths = [
    '/index/config.json',
    '/index/wo/rd/word',
    '/index/ab/se/absent',
    '/crates/word/1.0.0/download',
    '/crates/word/9.9.9/download',
    '/api/v1/crates?q=word',
    '/api/v1/releases/word/1.0.0',
    '/api/v1/quarantine',
    '/api/v1/status',
    '/api/v1/tokens',
    '/healthz',
    '/readyz',
    '/metrics',
    '/nothing',
  ];
  for (const path of paths) {
    const { headers } = await scene.mirror.call(path, { token });
    assert.match(headers.get('cache-control') ?? '(none)', /^no-(cache|store)$/, path);
  }
});

test('a download that is asked for often is answered as the first time, and refused at once when it is blocked', async (t) => {
  const scene = await startScene(t);
  const { bytes } = scene.publish({ name: 'word', version: '1.0.0' });
  const seen: unknown[] = [];
  // Bytes that were read twice are in memory from then on.
  for (let i = 0; i < 5; i++) {
    const whole = await scene.download('word', '1.0.0');
    assert.deepEqual(whole.body, Buffer.from(bytes));
    const head = await scene.download('word', '1.0.0', { method: 'HEAD' });
    const same = await scene.download('word', '1.0.0', { headers: { 'if-none-match': etagOf(whole) } });
    seen.push(
      [whole, head, same].map(({ status, headers: { date: _, ...headers }, body }) => ({
        status,
        headers,
        bytes: body.length,
      })),
    );
  }
  for (const later of seen) assert.deepEqual(later, seen[0]);
  const body = { crate: 'word', version: '1.0.0', reason: 'a test' };
  const token = scene.mirror.token();
  const act = (what: string) =>
    scene.mirror.call(`/api/v1/quarantine/${what}`, { method: 'POST', body, token });
  assert.equal((await act('block')).status, 200);
  // The first one loads the crate into memory anew.
  for (let i = 0; i < 3; i++) assert.equal((await scene.download('word', '1.0.0')).status, 403);
  assert.equal((await act('unblock')).status, 200);
  for (let i = 0; i < 3; i++) assert.equal((await scene.download('word', '1.0.0')).status, 200);
});
