/** Failures that users of other registries reported, one test each, by the report's name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cargoProject, lockedReleases } from '../support/cargo.ts';
import { get } from '../support/http.ts';
import {
  downloadPathOf,
  indexPathOf,
  linesOf,
  type Scene,
  startScene,
  usableVersions,
} from '../support/scene.ts';
import { startSharedCache } from '../support/shared-cache.ts';

/** Time for the next look at the upstream. */
async function poll(scene: Scene): Promise<void> {
  scene.clock.advance('10m');
  await scene.mirror.tick();
}

test('Kellnr 183, 1074: no version is missing, whatever its form, and their order stays', async (t) => {
  const scene = await startScene(t);
  const versions = [
    ...Array.from({ length: 300 }, (_, i) => `0.${i % 17}.${i + 1}`),
    ...[
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-0.3.7',
      '1.0.0-x-y-z.--',
      '1.0.0-rc.1+build.5',
      '1.0.0',
      '1.0.0+1',
    ],
    ...['18446744073709551615.0.0', '2.0.0', '0.0.0', '1.0.1'],
  ];
  for (const version of versions) scene.publish({ name: 'word', version });
  scene.upstream.yank('word', '2.0.0');
  assert.deepEqual((await scene.index('word')).body, scene.upstream.lines('word'));
  // Later ones are added at their place.
  scene.publish({ name: 'word', version: '2.0.1' });
  await poll(scene);
  assert.equal(linesOf(await scene.index('word')).length, versions.length + 1);
});

for (const [what, upstream] of [
  ['with ETags', { etags: true }],
  ['with weak ETags', { etags: 'weak' }],
  ['with Last-Modified', { lastModified: true }],
  ['that compresses', { gzip: true, etags: true }],
  ['without validators', {}],
] as const) {
  test(`NORA 640: a cached index file shows new versions, yanks and un-yanks, from an upstream ${what}`, async (t) => {
    const scene = await startScene(t, { upstream });
    scene.publish({ name: 'word', version: '1.0.0' });
    const tags = new Set([(await scene.index('word')).headers.etag]);
    await poll(scene);
    scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
    await poll(scene);
    assert.equal(linesOf(await scene.index('word')).length, 2);
    tags.add((await scene.index('word')).headers.etag);
    scene.clock.advance('3d');
    await scene.mirror.tick();
    assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0', '1.1.0']);
    scene.upstream.yank('word', '1.0.0');
    await poll(scene);
    assert.deepEqual(usableVersions(await scene.index('word')), ['1.1.0']);
    tags.add((await scene.index('word')).headers.etag);
    scene.upstream.unyank('word', '1.0.0');
    await poll(scene);
    assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0', '1.1.0']);
    assert.equal(tags.size, 3);
  });
}

test('NORA 640: a cargo that has the index in its own cache sees the new version', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  const project = cargoProject({ dependencies: { word: '1' }, registryUrl: scene.mirror.cargoUrl }, t);
  assert.equal((await project.run(['fetch'])).code, 0);
  scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  await poll(scene);
  await project.run(['update']);
  assert.ok(lockedReleases(await project.lockfile()).includes('word 1.0.0'), 'held');
  scene.clock.advance('3d');
  await scene.mirror.tick();
  const updated = await project.run(['update']);
  assert.ok(lockedReleases(await project.lockfile()).includes('word 1.1.0'), updated.stderr);
});

test('artifact-keeper 731: one address serves cargo add, fetch, search and info', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  scene.publish({ name: 'other', version: '2.0.0', dependencies: { word: '1' } });
  const project = cargoProject({ dependencies: {}, registryUrl: scene.mirror.cargoUrl, named: true }, t);
  for (const args of [
    ['add', 'word'],
    ['add', 'other', '--registry', 'safeguard'],
    ['fetch'],
    ['build', '--offline'],
    ['search', 'word', '--registry', 'safeguard'],
    ['info', 'other', '--registry', 'safeguard'],
  ]) {
    const ran = await project.run(args);
    assert.equal(ran.code, 0, `cargo ${args.join(' ')}: ${ran.stderr}`);
    if (args[0] === 'search') assert.match(ran.stdout, /^word = "1\.0\.0"/m);
    if (args[0] === 'info') assert.match(ran.stdout, /^version: 2\.0\.0/m);
  }
});

test('artifact-keeper 2264, Verdaccio 5412: a shared cache in front skips no gate', async (t) => {
  const scene = await startScene(t);
  const crate = scene.publish({ name: 'word', version: '1.0.0' });
  const cache = await startSharedCache(scene.mirror.url, t);
  const [index, bytes] = [cache.url + indexPathOf('word'), cache.url + downloadPathOf('word', '1.0.0')];
  for (let look = 0; look < 3; look++) {
    assert.deepEqual(usableVersions(await get(index)), ['1.0.0']);
    assert.deepEqual((await get(bytes)).body, crate.bytes);
  }
  assert.ok(cache.hits.revalidated >= 4, 'it is a cache');
  const act = (name: string) =>
    scene.mirror.call(`/api/v1/quarantine/${name}`, {
      method: 'POST',
      body: { crate: 'word', reason: 'a test' },
      token: scene.mirror.token(),
    });
  const report = `${cache.url}/api/v1/releases/word/1.0.0`;
  const search = `${cache.url}/api/v1/crates?q=word`;
  assert.match((await get(report)).text, /"state":"promoted"/);
  assert.match((await get(search)).text, /"max_version":"1\.0\.0"/);
  await act('block');
  assert.deepEqual(usableVersions(await get(index)), []);
  assert.equal((await get(bytes)).status, 403);
  assert.match((await get(report)).text, /"state":"blocked"/);
  assert.doesNotMatch((await get(search)).text, /max_version/);
  // Nor does a refusal stay longer than its reason.
  await act('unblock');
  assert.deepEqual(usableVersions(await get(index)), ['1.0.0']);
  assert.deepEqual((await get(bytes)).body, crate.bytes);
  // Nor an absence, which the mirror itself remembers for a minute.
  const later = cache.url + indexPathOf('later');
  assert.equal((await get(later)).status, 404);
  scene.publish({ name: 'later', version: '1.0.0' });
  scene.clock.advance('1m');
  assert.equal((await get(later)).status, 200);
  assert.equal(cache.hits.fresh, 0, 'nothing was answered without a question');
});

for (const [what, pubtime] of [
  ['missing', null],
  ['no time', 'soon'],
  ['empty', ''],
  ['a date without a time', '2020-01-01'],
  ['a time without a zone', '2020-01-01T00:00:00'],
  ['a number', '1577836800'],
] as const) {
  test(`a pubtime that is ${what} never passes: it counts from first sight`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'old', version: '1.0.0' }, { pubtime });
    scene.publish({ name: 'word', version: '1.0.0' });
    assert.deepEqual(usableVersions(await scene.index('old')), [], 'in the back catalogue too');
    assert.equal((await scene.download('old', '1.0.0')).status, 403);
    await scene.index('word');
    scene.publish({ name: 'word', version: '1.1.0' }, { pubtime });
    await poll(scene);
    assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0']);
    scene.clock.advance('7d');
    await scene.mirror.tick();
    assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0', '1.1.0']);
    assert.deepEqual(usableVersions(await scene.index('old')), ['1.0.0']);
  });
}
