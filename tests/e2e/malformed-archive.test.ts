/** Archives that must not be unpacked: each is blocked with its reason, and the releases beside it are served. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { type Entry, lib, manifest, crate as pack, sound } from '../cargo/tar-maker.ts';
import { type Crate, makeCrate, sha256 } from '../support/crate.ts';
import { startScene, usableVersions } from '../support/scene.ts';
import { isDownload } from '../support/upstream.ts';

const entry = (path: string, more: Partial<Entry> = {}): Entry => ({ path: `abc-1.0.0/${path}`, ...more });
const whole = pack(sound);

const archives: readonly [what: string, bytes: () => Buffer | Promise<Buffer>, reason: RegExp][] = [
  ['is no gzip', () => Buffer.from('<html>try later</html>'), /not a gzip file/],
  ['is empty', () => Buffer.alloc(0), /not a gzip file/],
  ['is a gzip of nothing', () => gzipSync(''), /no files|truncated|tar/],
  ['is a gzip of no tar', () => gzipSync('x'.repeat(5_000)), /./],
  ['is cut in the middle', () => whole.subarray(0, whole.length / 2), /truncated|damaged/],
  ['is cut before its checksum', () => whole.subarray(0, -8), /truncated/],
  ['has a wrong gzip checksum', () => flipped(whole, whole.length - 7), /gzip checksum is wrong/],
  [
    'has bytes after its end',
    () => Buffer.concat([whole, Buffer.from('more')]),
    /4 bytes after its gzip data/,
  ],
  [
    'has a second gzip after its end',
    () => Buffer.concat([whole, gzipSync('more')]),
    /bytes after its gzip data/,
  ],
  ['unpacks to 600 MB', () => bomb(600), /unpacks to more than 536870912 bytes/],
  ['unpacks to 500 times its size', () => bomb(100), /more than 200 times its size/],
  ['has an absolute path', () => pack([manifest, { path: '/etc/cron.d/x', content: 'x' }]), /absolute path/],
  ['has `..` in a path', () => pack([manifest, entry('../../x', { content: 'x' })]), /has `\.\.`/],
  ['has a backslash in a path', () => pack([manifest, entry('src\\..\\x', { content: 'x' })]), /backslash/],
  ['has a symbolic link', () => pack([...sound, entry('src/x', { type: '2', link: '/etc/passwd' })]), /link/],
  ['has a hard link', () => pack([...sound, entry('src/x', { type: '1', link: 'Cargo.toml' })]), /link/],
  ['has a character device', () => pack([...sound, entry('src/x', { type: '3' })]), /device/],
  ['has a block device', () => pack([...sound, entry('src/x', { type: '4' })]), /device/],
  ['has a pipe', () => pack([...sound, entry('src/x', { type: '6' })]), /pipe|fifo/i],
  ['has a file twice', () => pack([...sound, lib]), /there twice/],
  [
    'has two files that are one on some disks',
    () => pack([...sound, entry('SRC/LIB.rs')]),
    /one file on some file systems/,
  ],
  [
    'has a folder beside its own',
    () => pack([...sound, { path: 'other-1.0.0/x', content: 'x' }]),
    /not under/,
  ],
  ['has no manifest', () => pack([lib]), /no readable Cargo\.toml/],
  [
    'has a manifest that is no TOML',
    () => pack([entry('Cargo.toml', { content: '[package' }), lib]),
    /no readable Cargo\.toml/,
  ],
  [
    'has a manifest of another crate',
    () => makeCrate({ name: 'other', version: '1.0.0' }).bytes,
    /manifest says that it is other 1\.0\.0/,
  ],
  [
    'has a manifest of another version',
    () => makeCrate({ name: 'abc', version: '2.0.0' }).bytes,
    /manifest says that it is abc 2\.0\.0/,
  ],
  [
    'has a size that lies',
    () => pack([manifest, entry('src/lib.rs', { content: 'x', size: '77777777777' })]),
    /./,
  ],
  [
    'is deeper than any crate',
    () => pack([manifest, entry(`${'d/'.repeat(40)}x`, { content: 'x' }), entry(`${'d/'.repeat(45)}x`)]),
    /./,
  ],
];

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other[at] = (other[at] ?? 0) ^ 0xff;
  return other;
}

/** A small archive of many MB of zeros. */
async function bomb(megabytes: number): Promise<Buffer> {
  const size = (megabytes * 2 ** 20).toString(8).padStart(11, '0');
  const [head, zeros] = [pack([manifest, entry('src/lib.rs', { size })]), Buffer.alloc(2 ** 20)];
  const packing = createGzip({ level: 9 });
  const parts: Buffer[] = [];
  packing.on('data', (part: Buffer) => parts.push(part));
  packing.write(gunzipSync(head).subarray(0, -1024));
  for (let i = 0; i < megabytes; i++) {
    if (!packing.write(zeros)) await once(packing, 'drain');
  }
  packing.end();
  await once(packing, 'end');
  return Buffer.concat(parts);
}

function crateOf(version: string, bytes: Buffer): Crate {
  const made = makeCrate({ name: 'abc', version });
  const checksum = sha256(bytes);
  return { ...made, bytes, checksum, indexEntry: { ...made.indexEntry, cksum: checksum } };
}

for (const [what, make, reason] of archives) {
  test(`an archive that ${what} is blocked when it is asked for, with the reason`, async (t) => {
    const scene = await startScene(t);
    scene.publish({ name: 'abc', version: '0.9.0' });
    scene.upstream.publish(crateOf('1.0.0', await make()));
    const refused = await scene.download('abc', '1.0.0');
    assert.equal(refused.status, 403, refused.text);
    assert.match(refused.text, /^abc 1\.0\.0 is blocked by Safeguard\.$/m);
    const said = /^Rule integrity: Its archive is refused: (.+)$/m.exec(refused.text)?.[1] ?? refused.text;
    assert.match(said, reason);
    assert.match(refused.text, /^ {2}cargo update abc@1\.0\.0 --precise 0\.9\.0$/m);
    assert.ok(scene.mirror.log.some((line) => line.includes('abc@1.0.0 judged: promoted → blocked')));
    assert.deepEqual(usableVersions(await scene.index('abc')), ['0.9.0']);
    assert.equal((await scene.download('abc', '0.9.0')).status, 200);
  });
}

test('a new release with a bad archive is blocked before anybody asks for it, and stays so', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'abc', version: '0.9.0' });
  await scene.index('abc');
  const link = entry('src/x', { type: '2', link: '/etc/passwd' });
  scene.upstream.publish(crateOf('1.0.0', pack([...sound, link])), { pubtime: scene.clock.iso() });
  scene.clock.advance('10m');
  await scene.mirror.tick();
  const state = async () =>
    (await (await scene.mirror.call('/api/v1/releases/abc/1.0.0')).json()) as { release: { state: string } };
  assert.equal((await state()).release.state, 'blocked');
  scene.clock.advance('30d');
  await scene.mirror.tick();
  assert.equal((await state()).release.state, 'blocked');
  assert.equal(scene.upstream.requests.count(isDownload('abc', '1.0.0')), 1);
});

test('bytes that are not those of the index are kept nowhere, and asked for again later', async (t) => {
  const scene = await startScene(t);
  const crate = scene.publish({ name: 'abc', version: '1.0.0' });
  const other = makeCrate({ name: 'abc', version: '1.0.0', lib: 'pub fn evil() {}\n' });
  scene.upstream.lieAboutBytes('abc', '1.0.0', other.bytes);
  const refused = await scene.download('abc', '1.0.0');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /The downloaded bytes are not those that the index names/);
  const json = await (await scene.mirror.call('/api/v1/releases/abc/1.0.0')).json();
  assert.match(JSON.stringify(json), new RegExp(`"bytes":"${other.checksum}"`), 'what came instead is named');
  assert.equal(await hasBlob(scene, other.checksum), false);
  scene.upstream.lieAboutBytes('abc', '1.0.0', crate.bytes);
  scene.clock.advance('10m');
  await scene.mirror.tick();
  assert.deepEqual((await scene.download('abc', '1.0.0')).body, crate.bytes);
});

test('a body that ends early is no release: 503, then the whole one', async (t: TestContext) => {
  const scene = await startScene(t);
  const crate = scene.publish({ name: 'abc', version: '1.0.0' });
  const cut = scene.upstream.cutBodies(isDownload());
  const failed = await scene.download('abc', '1.0.0');
  assert.equal(failed.status, 503);
  assert.ok(Number(failed.headers['retry-after']) > 0);
  cut.stop();
  assert.deepEqual((await scene.download('abc', '1.0.0')).body, crate.bytes);
});

function hasBlob(scene: Awaited<ReturnType<typeof startScene>>, digest: string): Promise<boolean> {
  return scene.mirror.server.mirror.context.blobs.has(digest);
}
