/** A damaged store never fails open: what cannot be judged is refused in words, and the rest is served. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { StoreError } from '../../src/store/error.ts';
import { testClock } from '../support/clock.ts';
import { makeCrate } from '../support/crate.ts';
import { get, type HttpResponse } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { downloadPathOf, indexPathOf, type Scene, startScene, usableVersions } from '../support/scene.ts';
import { tempDir } from '../support/temp.ts';
import { isDownload } from '../support/upstream.ts';

/** A served crate, and one with a held release, all judged with their bytes. */
async function startFull(t: TestContext) {
  // What is on disk is what is tried here.
  const scene = await startScene(t, { mirror: { config: 'download-memory = 0' } });
  const word = scene.publish({ name: 'word', version: '1.0.0' });
  scene.publish({ name: 'other', version: '1.0.0' });
  for (const name of ['word', 'other']) assert.equal((await scene.download(name, '1.0.0')).status, 200);
  const held = scene.publish({ name: 'word', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  scene.clock.advance('10m');
  await scene.mirror.tick();
  assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0']);
  return { scene, word, held };
}

/** Changes rows behind the server's back, which then is made to read them. */
function tamper(scene: Scene, sql: string): void {
  const database = new DatabaseSync(join(scene.mirror.data, 'safeguard.db'));
  database.exec(sql);
  database.close();
  scene.mirror.server.mirror.context.cache.clear();
}

function assertRefused(scene: Scene, answer: HttpResponse): void {
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.text, /damaged/);
  assert.match(answer.text, /word/, 'it says what of');
  assert.ok(!answer.text.includes(scene.mirror.data), answer.text);
  assert.ok(Number(answer.headers['retry-after']) > 0);
}

const ofHeld = `where key = 'word' and version = '1.1.0'`;
const ofServed = `where key = 'word' and version = '1.0.0'`;

const damages: readonly [what: string, sql: string][] = [
  ['a state that is none', `update releases set state = 'promotet' ${ofHeld}`],
  ['a state without its verdict', `update releases set state = 'promoted' ${ofHeld}`],
  ['a state milder than its verdict', `update releases set state = 'review' ${ofHeld}`],
  [
    'a verdict without its state',
    `update releases set verdict = json_set(verdict, '$.decision', 'deny') ${ofServed}`,
  ],
  ['a verdict that is no JSON', `update releases set verdict = substr(verdict, 2) ${ofServed}`],
  ['a verdict that is empty', `update releases set verdict = '{}' ${ofServed}`],
  [
    'a verdict with an unknown decision',
    `update releases set verdict = json_set(verdict, '$.decision', 'pass') ${ofServed}`,
  ],
  ['a checksum that is none', `update releases set checksum = 'x' ${ofServed}`],
  ['a checksum that is not the line’s', `update releases set checksum = '${'0'.repeat(64)}' ${ofServed}`],
  ['a version that is not the line’s', `update releases set version = '9.9.9' ${ofServed}`],
  ['a line that is none', `update releases set line = substr(line, 5) ${ofServed}`],
  ['a line of another crate', `update releases set line = replace(line, '"word"', '"evil"') ${ofServed}`],
  ['a yanked flag that is none', `update releases set yanked = 7 ${ofServed}`],
  ['binary for text', `update releases set line = x'00ff' ${ofServed}`],
];

for (const [what, sql] of damages) {
  test(`a row with ${what} stops its crate, says so, and no other`, async (t) => {
    const { scene } = await startFull(t);
    tamper(scene, sql);
    assertRefused(scene, await scene.index('word'));
    for (const version of ['1.0.0', '1.1.0']) assertRefused(scene, await scene.download('word', version));
    const report = await get(`${scene.mirror.url}/api/v1/releases/word/1.1.0`);
    assert.equal(report.status, 503);
    assert.equal(report.json<{ errors: { code: string }[] }>().errors[0]?.code, 'store/damaged');
    assert.ok(
      scene.mirror.log.some((line) => /WARN .*damaged/.test(line)),
      scene.mirror.log.join('\n'),
    );
    assert.deepEqual(usableVersions(await scene.index('other')), ['1.0.0']);
    assert.equal((await scene.download('other', '1.0.0')).status, 200);
    const search = await get(`${scene.mirror.url}/api/v1/crates?q=o`);
    assert.deepEqual(
      search.json<{ crates: { name: string }[] }>().crates.map(({ name }) => name),
      ['other'],
    );
  });
}

test('a damaged entry of the log stops no promotion: everything is read anew, and it is told of', async (t) => {
  const { scene } = await startFull(t);
  scene.publish({ name: 'other', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  scene.clock.advance('10m');
  await scene.mirror.tick();
  scene.publish({ name: 'other', version: '1.2.0' }, { pubtime: scene.clock.iso() });
  scene.clock.advance('3d');
  // An entry that the watch has yet to follow, in a state that is none.
  const row = "'nonsense', 'upstream', 'other', '', null, null, 'x', '', null, null";
  const columns = 'seq, at, event, registry, key, version, "from", "to", actor, policy, verdict, details';
  tamper(scene, `insert into log (${columns}) select max(seq) + 1, 0, ${row} from log`);
  await scene.mirror.tick();
  await scene.mirror.tick();
  assert.ok(
    scene.mirror.log.some((line) => /ALARM .*table "log".*damaged/.test(line)),
    scene.mirror.log.join('\n'),
  );
  assert.ok(usableVersions(await scene.index('other')).includes('1.1.0'));
});

test('one damaged row holds up nobody else’s promotion and poll, and is told of', async (t) => {
  const { scene } = await startFull(t);
  scene.publish({ name: 'other', version: '1.1.0' }, { pubtime: scene.clock.iso() });
  scene.clock.advance('10m');
  await scene.mirror.tick();
  tamper(scene, `update releases set verdict = '{}' ${ofHeld}`);
  scene.clock.advance('4d');
  await scene.mirror.tick();
  assert.deepEqual(usableVersions(await scene.index('other')), ['1.0.0', '1.1.0']);
  assertRefused(scene, await scene.index('word'));
  assert.ok(scene.mirror.log.some((line) => /WARN The row of table "releases" .*"word".*damaged/.test(line)));
});

test('a blob that is gone is fetched again, the very same one only', async (t) => {
  const { scene, word } = await startFull(t);
  const blob = blobOf(scene, word.checksum);
  rmSync(blob);
  scene.upstream.requests.reset();
  assert.deepEqual((await scene.download('word', '1.0.0')).body, word.bytes);
  assert.equal(scene.upstream.requests.count(isDownload('word', '1.0.0')), 1);
  rmSync(blob);
  scene.upstream.lieAboutBytes(
    'word',
    '1.0.0',
    makeCrate({ name: 'word', version: '1.0.0', lib: '//' }).bytes,
  );
  const refused = await scene.download('word', '1.0.0');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /not those that the index names/);
});

test('a blob that is gone while the upstream is down is 503; the rest is served', async (t) => {
  const { scene, word } = await startFull(t);
  rmSync(blobOf(scene, word.checksum));
  await scene.upstream.vanish();
  assert.equal((await scene.download('word', '1.0.0')).status, 503);
  assert.equal((await scene.download('other', '1.0.0')).status, 200);
  await scene.upstream.comeBack();
  assert.deepEqual((await scene.download('word', '1.0.0')).body, word.bytes);
});

const corruptions: readonly [what: string, corrupt: (path: string) => void][] = [
  [
    'a flipped bit',
    (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
  ],
  [
    'a flipped bit and the old time of change',
    (path) => {
      const { atime, mtime } = statSync(path);
      const bytes = readFileSync(path);
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      utimesSync(path, atime, mtime);
    },
  ],
  ['a lost end', (path) => truncateSync(path, statSync(path).size - 1)],
  ['nothing', (path) => truncateSync(path, 0)],
  [
    'more than it should',
    (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('x')])),
  ],
];

for (const [what, corrupt] of corruptions) {
  for (const when of ['while the server runs', 'while it is stopped']) {
    test(`a blob with ${what}, damaged ${when}, is not served but fetched again`, async (t) => {
      const { scene, word } = await startFull(t);
      let at = scene.mirror;
      if (when !== 'while the server runs') await at.close();
      corrupt(blobOf(scene, word.checksum));
      if (when !== 'while the server runs') {
        const { data } = scene.mirror;
        at = await startMirror({ upstream: scene.upstream.indexUrl, clock: scene.clock, data }, t);
      }
      const path = at.url + downloadPathOf('word', '1.0.0');
      scene.upstream.failWith(500, isDownload());
      assert.equal((await get(path)).status, 503, 'the upstream cannot help yet');
      scene.upstream.heal();
      assert.deepEqual((await get(path)).body, word.bytes);
      await scene.upstream.vanish();
      assert.deepEqual((await get(path)).body, word.bytes);
      assert.equal((await get(at.url + downloadPathOf('other', '1.0.0'))).status, 200);
    });
  }
}

test('bytes flipped anywhere in the database never make the held release available', {
  timeout: 400_000,
}, async (t) => {
  const { scene, held } = await startFull(t);
  await scene.mirror.close();
  const file = join(scene.mirror.data, 'safeguard.db');
  const sound = readFileSync(file);
  let seed = 20_260_820;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const outcomes = { refusedToStart: 0, refused: 0, served: 0 };
  for (let round = 0; round < 80; round++) {
    const data = tempDir(t);
    const bytes = Buffer.from(sound);
    // Few bytes here, a whole sector there; every other time near what is kept of the release.
    const around = bytes.indexOf('"vers":"1.1.0"') - 500 + random(2_000);
    const [from, length] = [
      round % 2 === 0 ? around : random(bytes.length),
      round % 4 === 3 ? 512 : 1 + random(3),
    ];
    for (let i = from; i < Math.min(from + length, bytes.length); i++) bytes[i] = random(256);
    writeFileSync(join(data, 'safeguard.db'), bytes);
    copyFileSync(join(scene.mirror.data, 'admin.token'), join(data, 'admin.token'));
    try {
      const clock = testClock(scene.clock.now());
      const mirror = await startMirror({ upstream: scene.upstream.indexUrl, clock, data });
      try {
        const index = await get(mirror.url + indexPathOf('word'));
        if (index.status === 200) assert.ok(!usableVersions(index).includes('1.1.0'), `round ${round}`);
        else assert.equal(index.status, 503, `round ${round}: ${index.status} ${index.text}`);
        const bytesOfHeld = await get(mirror.url + downloadPathOf('word', '1.1.0'));
        assert.ok([403, 404, 503].includes(bytesOfHeld.status), `round ${round}: ${bytesOfHeld.status}`);
        assert.ok(!bytesOfHeld.body.includes(held.bytes));
        outcomes[index.status === 200 ? 'served' : 'refused'] += 1;
      } finally {
        await mirror.close();
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      assert.ok(error instanceof StoreError, String(error));
      assert.match(error.message, /damaged|newer/);
      outcomes.refusedToStart += 1;
    }
  }
  t.diagnostic(JSON.stringify(outcomes));
  assert.ok(outcomes.refusedToStart > 0 && outcomes.served > 0);
});

function blobOf({ mirror }: Scene, checksum: string): string {
  return join(mirror.data, 'blobs', checksum.slice(0, 2), checksum.slice(2, 4), checksum);
}
