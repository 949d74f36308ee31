/** Index files as no registry should send them: what reads is served, what does not is named in the log. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { linesOf, type Scene, startScene, usableVersions } from '../support/scene.ts';

const good = makeCrate({ name: 'word', version: '1.0.0' });
const bad = makeCrate({ name: 'word', version: '1.0.1' });
const goodLine = JSON.stringify(good.indexEntry);
const badLine = JSON.stringify(bad.indexEntry);

const withField = (name: string, value: unknown) => JSON.stringify({ ...bad.indexEntry, [name]: value });
const without = (name: keyof typeof bad.indexEntry) => withField(name, undefined);
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** Lines that are no release of `word`, and what the log says of them. */
const badLines: readonly [what: string, line: string | Buffer, reason: RegExp][] = [
  ['is cut in the middle', badLine.slice(0, badLine.length / 2), /not JSON/],
  ['is cut at its last byte', badLine.slice(0, -1), /not JSON/],
  ['has something after its end', `${badLine}}`, /not JSON/],
  ['is two lines in one', badLine + badLine, /not JSON/],
  ['is an array', `[${badLine}]`, /not a JSON object/],
  ['is null', 'null', /not a JSON object/],
  ['is text', 'Service temporarily unavailable', /not JSON/],
  ['is 10 MB long', withField('links', 'x'.repeat(10_000_000)), /longer than \d+ bytes/],
  ['is nested deeper than cargo reads', badLine.replace('{', `{"deep":${nested(200)},`), /nested too deeply/],
  [
    'is nested a hundred thousand deep',
    badLine.replace('{', `{"deep":${nested(100_000)},`),
    /nested too deeply/,
  ],
  ['is nested and never ends', `{"name":${'['.repeat(200_000)}`, /not JSON/],
  [
    'is no UTF-8',
    Buffer.concat([Buffer.from(badLine.slice(0, 20)), Buffer.from([0xff, 0xfe, 0x80])]),
    /not UTF-8/,
  ],
  ['is UTF-16', Buffer.from(badLine, 'utf16le'), /not/],
  ['starts with a byte-order mark', `\ufeff${badLine}`, /not JSON/],
  ['has a NUL', `${badLine}\0`, /not JSON/],
  ['has a raw control character', badLine.replace('"deps"', '"de\u0001ps"'), /not JSON/],
  ['names another crate', withField('name', 'other'), /a line of another crate/],
  ['has a Unicode name', withField('name', 'wörd'), /not a crate name/],
  ['has a Cyrillic letter in its name', withField('name', 'w\u043erd'), /not a crate name/],
  ['has a path for a name', withField('name', '../word'), /not a crate name/],
  ['has no name', without('name'), /name is not a string/],
  ['has no version', without('vers'), /vers is not a string/],
  ['has a number for a version', withField('vers', 1), /vers is not a string/],
  ['has a version that is none', withField('vers', '1.0'), /not a version/],
  ['has a path for a version', withField('vers', '../../1.0.1'), /not a version/],
  ['has a huge version', withField('vers', `1.0.${'9'.repeat(400)}`), /not a version/],
  ['has no checksum', without('cksum'), /cksum is not a string/],
  ['has a short checksum', withField('cksum', bad.checksum.slice(1)), /not a SHA-256/],
  ['has an upper-case checksum', withField('cksum', bad.checksum.toUpperCase()), /not a SHA-256/],
  ['has an object for dependencies', withField('deps', {}), /deps is not an array/],
  ['has a text for a dependency', withField('deps', ['serde']), /dependency is not a JSON object/],
  ['has a list for features', withField('features', []), /features is not an object/],
  ['has a text for yanked', withField('yanked', 'true'), /yanked is not true or false/],
  ['has a text for v', withField('v', '2'), /v is not a number/],
  ['has yanked twice', badLine.replace('"yanked":false', '"yanked":true,"yanked":false'), /has a key twice/],
  [
    'has yanked twice, once escaped',
    badLine.replace('"yanked":false', '"yanked":true,"yan\\u006bed":false'),
    /has a key twice/,
  ],
  [
    'has a checksum twice',
    badLine.replace('"cksum"', `"cksum":"${good.checksum}","cksum"`),
    /has a key twice/,
  ],
  [
    'is a version that was there',
    JSON.stringify({ ...bad.indexEntry, vers: '1.0.0' }),
    /version 1\.0\.0 stands in the file twice/,
  ],
  ['has half a surrogate pair', withField('links', '\ud800'), /links is not a string/],
];

for (const [what, line, reason] of badLines) {
  test(`a line that ${what} is left out and named; the rest is served`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'word', version: '1.0.0' });
    const bytes = Buffer.concat([goodLine, '\n', line, '\n'].map((part) => Buffer.from(part as string)));
    scene.upstream.setRawIndex('word', bytes);
    const answer = await scene.index('word');
    assert.equal(answer.status, 200);
    assert.equal(answer.text, `${goodLine}\n`);
    const named = scene.mirror.log.filter((entry) =>
      entry.includes('line 2 of the index file of word is not taken'),
    );
    assert.equal(named.length, 1, scene.mirror.log.join('\n'));
    assert.match(named[0] ?? '', reason);
    assert.ok((named[0] ?? '').length < 1_000);
    assert.equal((await scene.download('word', '1.0.0')).status, 200);
    assert.ok([403, 404].includes((await scene.download('word', '1.0.1')).status));
  });
}

const oddLines: readonly [what: string, line: string][] = [
  ['is 100 KB long', withField('links', 'x'.repeat(100_000))],
  ['is 3 MB long', withField('note', 'x'.repeat(3_000_000))],
  ['is nested as deep as cargo reads', badLine.replace('{', `{"deep":${nested(126)},`)],
  [
    'has ten thousand features',
    withField('features', Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, []]))),
  ],
  [
    'has features called as objects are',
    withField('features', JSON.parse('{"__proto__":[],"constructor":["a"]}')),
  ],
  ['has a publication time that is none', withField('pubtime', 'yesterday')],
  ['has a publication time in the last of all years', withField('pubtime', '9999-12-31T23:59:59Z')],
  ['has a publication time beyond it', withField('pubtime', '9999-12-31T23:59:59-23:59')],
  ['has a publication time before all years', withField('pubtime', '0000-01-01T00:00:00+23:59')],
  ['has the schema version of years to come', withField('v', 4_294_967_295)],
];

for (const [what, line] of oddLines) {
  test(`a line that ${what} is relayed as it is, but for yanked, now and later`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'word', version: '1.0.0' });
    scene.upstream.publish(bad, { rawLine: line });
    for (let look = 0; look < 3; look++) {
      const answer = await scene.index('word');
      assert.equal(answer.status, 200, answer.text);
      const [first, second] = linesOf(answer);
      assert.equal(first, goodLine);
      assert.ok(
        second === line || second === line.replace('"yanked":false', '"yanked":true'),
        second?.slice(0, 300),
      );
      const report = await scene.mirror.call('/api/v1/releases/word/1.0.1');
      assert.equal(report.status, 200, await report.text());
      scene.clock.advance('10m');
      await scene.mirror.tick();
      scene.mirror.server.mirror.context.cache.clear();
    }
    assert.deepEqual(troubles(scene), []);
  });
}

const html = '<!DOCTYPE html>\n<html><body>\nPlease log in to the guest network\n</body></html>\n';
const notIndexes: readonly [what: string, bytes: Buffer][] = [
  ['is a page of HTML', Buffer.from(html)],
  ['is packed with gzip and does not say so', gzipSync(goodLine)],
  ['is a JSON error', Buffer.from('{"errors":[{"detail":"try later"}]}')],
  ['is of another crate', Buffer.from(`${JSON.stringify({ ...good.indexEntry, name: 'other' })}\n`)],
  ['is binary', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256))],
];

for (const [what, bytes] of notIndexes) {
  test(`a first file that ${what} is a fault of the upstream, and leaves no trace`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'word', version: '1.0.0' });
    scene.upstream.setRawIndex('word', bytes);
    const answer = await scene.index('word');
    assert.equal(answer.status, 502, 'not 404: nobody knows whether there is such a crate');
    assert.match(answer.text, /index file of word/);
    scene.upstream.setRawIndex('word', null);
    // Its back catalogue is no news because of it.
    assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0']);
  });

  test(`a later file that ${what} changes nothing but the note of the failure`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'word', version: '1.0.0' });
    const before = await scene.index('word');
    scene.upstream.setRawIndex('word', bytes);
    scene.clock.advance('10m');
    await scene.mirror.tick();
    assert.deepEqual((await scene.index('word')).body, before.body);
    assert.equal((await scene.download('word', '1.0.0')).status, 200);
    assert.equal(await failing(scene), 1);
    scene.upstream.setRawIndex('word', null);
    scene.clock.advance('10m');
    await scene.mirror.tick();
    assert.equal(await failing(scene), 0);
    assert.deepEqual((await scene.index('word')).body, before.body);
  });
}

for (const [what, bytes] of [
  ['empty', ''],
  ['blank', '\n \n\r\n'],
] as const) {
  test(`an ${what} file is a crate without releases at first, and a deletion only where the upstream is sane`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'word', version: '1.0.0' });
    scene.publish({ name: 'other', version: '1.0.0' });
    for (const name of ['word', 'other']) scene.upstream.setRawIndex(name, Buffer.from(bytes));
    assert.equal((await scene.index('word')).status, 404);
    for (const name of ['word', 'other']) scene.upstream.setRawIndex(name, null);
    scene.clock.advance('1m');
    for (const name of ['word', 'other'])
      assert.deepEqual(usableVersions(await scene.index(name)), ['1.0.0']);

    // All of its files at once: an upstream that lost its disk.
    for (const name of ['word', 'other']) scene.upstream.setRawIndex(name, Buffer.from(bytes));
    scene.clock.advance('10m');
    await scene.mirror.tick();
    for (const name of ['word', 'other'])
      assert.deepEqual(usableVersions(await scene.index(name)), ['1.0.0']);

    // One of them: its releases are gone.
    scene.upstream.setRawIndex('other', null);
    scene.clock.advance('20m');
    await scene.mirror.tick();
    assert.equal((await scene.download('word', '1.0.0')).status, 403);
    assert.deepEqual(usableVersions(await scene.index('word')), []);
    assert.deepEqual(usableVersions(await scene.index('other')), ['1.0.0']);
  });
}

for (const [count, then] of [
  [50_000, 'without a change'],
  [10_000, 'all of them yanked'],
] as const) {
  test(`${count} lines are taken and served, and again ${then}`, { timeout: 120_000 }, async (t) => {
    const scene = await startScene(t);
    const lines = Array.from({ length: count }, (_, i) => withField('vers', `1.${i}.0`));
    const file = (all: readonly string[]) => Buffer.from(`${all.join('\n')}\n`);
    scene.upstream.setRawIndex('word', file(lines));
    assert.deepEqual((await scene.index('word')).body, file(lines));
    const yanked = lines.map((line) => line.replace('"yanked":false', '"yanked":true'));
    const later = file(then === 'without a change' ? lines : yanked);
    scene.upstream.setRawIndex('word', later);
    scene.clock.advance('10m');
    await scene.mirror.tick();
    assert.deepEqual((await scene.index('word')).body, later);
    assert.deepEqual(troubles(scene), []);
  });
}

test('a thousand bad lines do not drown the log', async (t) => {
  const scene = await startScene(t);
  scene.upstream.setRawIndex('word', Buffer.from(`${goodLine}\n${'nonsense\n'.repeat(1_000)}`));
  assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0']);
  assert.ok(scene.mirror.log.length < 20, `${scene.mirror.log.length} lines`);
});

function troubles(scene: Scene): string[] {
  return scene.mirror.log.filter((entry) => /^\S+ (WARN|ERROR) /.test(entry));
}

async function failing(scene: Scene): Promise<number> {
  return (await get(`${scene.mirror.url}/api/v1/status`)).json<{ failing: number }>().failing;
}
