/** Kellnr 1362 and its kind: what a mirror writes anew it can lose. Lines are relayed byte for byte, but for `yanked`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cargoProject, lockedReleases } from '../support/cargo.ts';
import { makeCrate } from '../support/crate.ts';
import { linesOf, startScene } from '../support/scene.ts';

/** A line of which only the value of `yanked` is open; `undefined` leaves the key out. */
type Line = (yanked: string | undefined) => string;

const blank = fc.constantFrom('', '', '', ' ', '  ', '\t', ' \t ');
/** JSON text of a string with some of its characters escaped that need not be. */
const escaped = (text: string) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((flags) => {
    const parts = [...text].map((char, i) =>
      flags[i] && char.length === 1
        ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
        : JSON.stringify(char).slice(1, -1),
    );
    return `"${parts.join('')}"`;
  });
/** Values that `JSON.parse` and `JSON.stringify` would not give back as they were. */
const oddValue = fc.constantFrom(
  ...[
    '1e2',
    '1.0',
    '-0',
    '12345678901234567890',
    '0.1000',
    '"\\u00e9\\/"',
    '"é"',
    '[ ]',
    '{ "b":1, "a":2 }',
    'null',
  ],
  ...[
    '"\\ud83e\\udd80"',
    '[1,2 , 3]',
    'true',
    '""',
    '{"yanked":true}',
    '"\\"yanked\\":true"',
    '{"10":1,"2":2}',
  ],
);

function line(name: string, version: string, checksum: string): fc.Arbitrary<Line> {
  const known = fc.tuple(
    ...['name', 'vers', 'deps', 'cksum', 'features'].map((key) => escaped(key)),
    escaped(name),
    escaped(version),
  );
  const extras = fc.uniqueArray(
    fc.constantFrom('rust_version', 'links', 'note', 'ünknown', '', 'yanked2', 'v_next', 'checksums', '🦀'),
    { maxLength: 4 },
  );
  return fc
    .record({
      known,
      extras,
      values: fc.array(oddValue, { minLength: 4, maxLength: 4 }),
      order: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
      blanks: fc.array(blank, { minLength: 60, maxLength: 60 }),
      yankedKey: escaped('yanked'),
      end: fc.constantFrom('', '', ' ', '\r', '  \t'),
    })
    .map(({ known: [n, v, d, c, f, nameText, versionText], ...made }) => (yanked) => {
      const members: [string, string][] = [
        [n ?? '', nameText ?? ''],
        [v ?? '', versionText ?? ''],
        [d ?? '', '[]'],
        [c ?? '', `"${checksum}"`],
        [f ?? '', '{}'],
        ['"pubtime"', '"2020-01-01T00:00:00Z"'],
        ...made.extras.map((key, i): [string, string] => [
          JSON.stringify(key),
          ['rust_version', 'links'].includes(key) ? '"1.60"' : (made.values[i] ?? 'null'),
        ]),
      ];
      if (yanked !== undefined) members.push([made.yankedKey, yanked]);
      const sorted = members
        .map((member, i) => ({
          member,
          by: member[0] === made.yankedKey ? (made.order[11] ?? 0) : (made.order[i] ?? 0),
        }))
        .sort((a, b) => a.by - b.by)
        .map(({ member }) => member);
      let at = 0;
      const gap = () => made.blanks[at++ % made.blanks.length] ?? '';
      const body = sorted.map(([key, value]) => `${gap()}${key}${gap()}:${gap()}${value}${gap()}`).join(',');
      return `{${body}}${made.end}`;
    });
}

test('served lines are the upstream’s, whatever its spacing, order, escapes, endings and fields', async (t) => {
  const scene = await startScene(t);
  let count = 0;
  const file = fc.array(fc.constantFrom('false', 'true', 'null', undefined), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(file, fc.infiniteStream(fc.nat({ max: 2 ** 31 - 1 })), async (flags, seeds) => {
      const name = `word-${count++}`;
      const lines = flags.map((flag, i) => {
        const crate = makeCrate({ name, version: `1.${i}.0` });
        const seed = Number(seeds.next().value);
        return {
          flag,
          render: fc.sample(line(name, crate.version, crate.checksum), { numRuns: 1, seed })[0] as Line,
        };
      });
      const upstream = lines.map(({ flag, render }) => render(flag));
      scene.upstream.setRawIndex(name, Buffer.from(`${upstream.join('\n')}\n`));
      assert.equal((await scene.index(name)).text, `${upstream.join('\n')}\n`);

      // And with `yanked` set, where it stands: every other byte as it was.
      const body = { crate: name, reason: 'a test' };
      const token = scene.mirror.token();
      const blocked = await scene.mirror.call('/api/v1/quarantine/block', { method: 'POST', body, token });
      assert.equal(blocked.status, 200);
      const served = linesOf(await scene.index(name));
      for (const [i, { flag, render }] of lines.entries()) {
        const text = render(flag);
        const close = text.lastIndexOf('}');
        const expected =
          flag === undefined ? `${text.slice(0, close)},"yanked":true${text.slice(close)}` : render('true');
        assert.equal(served[i], expected);
      }
    }),
    { numRuns: 60, seed: 1362 },
  );
});

test('Kellnr 1362: rust_version arrives, and cargo resolves by it', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0', rustVersion: '1.60' });
  scene.publish(
    { name: 'word', version: '1.1.0', rustVersion: '1.999' },
    { lineExtra: { from_the_future: { a: [1] } } },
  );
  assert.deepEqual((await scene.index('word')).body, scene.upstream.lines('word'));
  const project = cargoProject(
    { dependencies: { word: '1' }, registryUrl: scene.mirror.cargoUrl, files: {} },
    t,
  );
  const made = await project.run(['generate-lockfile'], {
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: 'fallback',
  });
  assert.equal(made.code, 0, made.stderr);
  assert.ok(lockedReleases(await project.lockfile()).includes('word 1.0.0'));
});

test('index lines of more than 64 KiB are served whole, and cargo reads them', async (t) => {
  const scene = await startScene(t);
  const features = Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`feature-number-${i}`, []]));
  scene.publish({ name: 'word', version: '1.0.0' });
  const long = scene.publish({ name: 'word', version: '1.1.0', features });
  const lines = linesOf(await scene.index('word'));
  assert.ok((lines[1]?.length ?? 0) > 65_536);
  assert.deepEqual((await scene.index('word')).body, scene.upstream.lines('word'));
  const word = { version: '1', features: ['feature-number-3999'] };
  const project = cargoProject({ dependencies: { word }, registryUrl: scene.mirror.cargoUrl }, t);
  const fetched = await project.run(['fetch']);
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.ok((await project.lockfile()).includes(long.checksum));
});

test('two versions that differ only in build metadata are both there, each with its own bytes and state', async (t) => {
  const scene = await startScene(t);
  const crates = ['1.0.0+a', '1.0.0+b', '1.0.0'].map((version) => scene.publish({ name: 'word', version }));
  assert.deepEqual((await scene.index('word')).body, scene.upstream.lines('word'));
  for (const { version, bytes } of crates) {
    for (const spelling of [version, version.replace('+', '%2B')])
      assert.deepEqual((await scene.download('word', spelling)).body, bytes);
  }
  const body = { crate: 'word', version: '1.0.0+a', reason: 'a test' };
  await scene.mirror.call('/api/v1/quarantine/block', { method: 'POST', body, token: scene.mirror.token() });
  const states = await Promise.all(crates.map(({ version }) => scene.download('word', version)));
  assert.deepEqual(
    states.map(({ status }) => status),
    [403, 200, 200],
  );
  const yanked = linesOf(await scene.index('word')).map((text) => JSON.parse(text).yanked);
  assert.deepEqual(yanked, [true, false, false]);
  // Each can be pinned; cargo then checks the checksum of that one.
  const project = cargoProject({ dependencies: { word: '1' }, registryUrl: scene.mirror.cargoUrl }, t);
  const pinned = await project.run(['update', 'word', '--precise', '1.0.0+b']);
  assert.equal(pinned.code, 0, pinned.stderr);
  assert.ok((await project.lockfile()).includes(crates[1]?.checksum ?? '-'));
  const fetched = await project.run(['fetch', '--locked']);
  assert.equal(fetched.code, 0, fetched.stderr);
});
