import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Lockfile, parseLockfile } from '../../src/cargo/lockfile.ts';
import { graphOf, pathsTo } from '../../src/gate/diff/graph.ts';
import { diffLockfiles, type PackageChange } from '../../src/gate/diff/packages.ts';
import { placesOf } from '../../src/gate/diff/place.ts';
import { cratesIo, type Locked, lockfileText } from '../support/lockfile.ts';

const lock = (...packages: readonly Locked[]): Lockfile => parseLockfile(lockfileText(...packages));
const word = (version: string, more: Partial<Locked> = {}): Locked => ({
  name: 'word',
  version,
  checksum: 'a'.repeat(64),
  ...more,
});

/** `upgraded word 1.0.0 1.1.0` */
function said(change: PackageChange): string {
  const sides = [
    ...('before' in change ? [change.before] : []),
    ...('after' in change ? [change.after] : []),
  ];
  return [change.kind, sides[0]?.name, ...sides.map(({ version }) => version)].join(' ');
}

describe('diffLockfiles', () => {
  const git = (commit: string) => `git+https://git.example/word#${commit.repeat(40)}`;
  const cases: [name: string, before: Locked[], after: Locked[], expected: string[]][] = [
    ['nothing', [word('1.0.0')], [word('1.0.0')], []],
    ['one more', [], [word('1.0.0')], ['added word 1.0.0']],
    ['one less', [word('1.0.0')], [], ['removed word 1.0.0']],
    ['up', [word('1.0.0')], [word('1.1.0')], ['upgraded word 1.0.0 1.1.0']],
    ['down', [word('1.1.0')], [word('1.0.0')], ['downgraded word 1.1.0 1.0.0']],
    ['to a pre-release', [word('1.0.0')], [word('1.0.0-rc.1')], ['downgraded word 1.0.0 1.0.0-rc.1']],
    [
      'other bytes',
      [word('1.0.0')],
      [word('1.0.0', { checksum: 'b'.repeat(64) })],
      ['checksum word 1.0.0 1.0.0'],
    ],
    [
      'another commit',
      [word('1.0.0', { source: git('a') })],
      [word('1.0.0', { source: git('b') })],
      ['source word 1.0.0 1.0.0'],
    ],
    ['another source', [word('1.0.0')], [word('1.0.0', { source: git('b') })], ['source word 1.0.0 1.0.0']],
    [
      'another source and version',
      [word('1.0.0')],
      [word('1.1.0', { source: git('b') })],
      ['upgraded word 1.0.0 1.1.0'],
    ],
    [
      'each within its series',
      [word('1.0.0'), word('2.0.0')],
      [word('1.0.1'), word('2.0.1')],
      ['upgraded word 1.0.0 1.0.1', 'upgraded word 2.0.0 2.0.1'],
    ],
    [
      'a series of 0.x',
      [word('0.1.0'), word('0.2.0')],
      [word('0.1.9'), word('0.2.0')],
      ['upgraded word 0.1.0 0.1.9'],
    ],
    ['a new series beside', [word('1.0.0')], [word('1.0.0'), word('2.0.0')], ['added word 2.0.0']],
    ['from one series to the next', [word('1.0.0')], [word('2.0.0')], ['upgraded word 1.0.0 2.0.0']],
    [
      'two become one',
      [word('1.0.0'), word('2.0.0')],
      [word('3.0.0')],
      ['removed word 1.0.0', 'upgraded word 2.0.0 3.0.0'],
    ],
    [
      'one of two moves on',
      [word('1.0.0'), word('2.0.0')],
      [word('2.0.0'), word('3.0.0')],
      ['upgraded word 1.0.0 3.0.0'],
    ],
  ];
  for (const [name, before, after, expected] of cases) {
    it(name, () =>
      assert.deepEqual(diffLockfiles(lock(...before), lock(...after)).changes.map(said), expected),
    );
  }

  const packages = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      version: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)).map((parts) => parts.join('.')),
      source: fc.constantFrom(cratesIo, 'sparse+https://other.example/', git('a')),
      checksum: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
    }),
    { maxLength: 8, selector: ({ name, version, source }) => `${name} ${version} ${source}` },
  );

  it('names every package of either file once', () => {
    fc.assert(
      fc.property(packages, packages, (before, after) => {
        const [old, fresh] = [lock(...before), lock(...after)];
        const { changes, kept } = diffLockfiles(old, fresh);
        const gone = changes.flatMap((change) => ('before' in change ? [change.before] : []));
        const come = changes.flatMap((change) => ('after' in change ? [change.after] : []));
        assert.deepEqual(new Set([...come, ...kept]), new Set(fresh.packages));
        assert.equal(come.length + kept.length, fresh.packages.length);
        assert.equal(gone.length + kept.length, old.packages.length);
        assert.ok(gone.every((pkg) => old.packages.includes(pkg)));
      }),
    );
  });

  it('finds nothing between a file and itself, whatever its order', () => {
    fc.assert(
      fc.property(packages, (list) => {
        const there = lock(...list);
        const back = { ...there, packages: [...there.packages].reverse() };
        assert.deepEqual(diffLockfiles(there, back).changes, []);
      }),
    );
  });

  it('says the opposite of the way back', () => {
    const opposite = {
      added: 'removed',
      removed: 'added',
      upgraded: 'downgraded',
      downgraded: 'upgraded',
      source: 'source',
      checksum: 'checksum',
    };
    fc.assert(
      fc.property(packages, packages, (before, after) => {
        const kinds = (list: readonly PackageChange[]) => list.map(({ kind }) => kind).sort();
        const there = diffLockfiles(lock(...before), lock(...after)).changes;
        const back = diffLockfiles(lock(...after), lock(...before)).changes;
        assert.deepEqual(kinds(back), there.map(({ kind }) => opposite[kind]).sort());
      }),
    );
  });
});

describe('the graph', () => {
  const own = (name: string, ...dependencies: string[]): Locked => ({
    name,
    version: '0.1.0',
    source: null,
    dependencies,
  });
  const from = (name: string, ...dependencies: string[]): Locked => ({
    name,
    version: '1.0.0',
    dependencies,
  });
  const paths = (lockfile: Lockfile, name: string) =>
    pathsTo(
      graphOf(lockfile),
      lockfile.packages.findIndex((pkg) => pkg.name === name),
    );

  it('gives the shortest path through each dependent, shortest first', () => {
    const lockfile = lock(own('app', 'a', 'd'), from('a', 'b'), from('b', 'c'), from('c'), from('d', 'c'));
    assert.deepEqual(paths(lockfile, 'c'), ['app → d → c', 'app → a → b → c']);
    assert.deepEqual(paths(lockfile, 'app'), ['app']);
  });

  it('bears cycles, and what nothing leads to', () => {
    const lockfile = lock(
      own('app', 'a'),
      from('a', 'b'),
      from('b', 'a'),
      from('lost', 'lost-too'),
      from('lost-too', 'lost'),
    );
    assert.deepEqual(paths(lockfile, 'a'), ['app → a']);
    assert.deepEqual(paths(lockfile, 'b'), ['app → a → b']);
    assert.deepEqual(paths(lockfile, 'lost'), []);
  });

  it('shows of a way that nobody would read both ends', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `c${i}`);
    const lockfile = lock(
      own('app', 'c0'),
      ...names.map((name, i) => from(name, ...names.slice(i + 1, i + 2))),
    );
    const [path = ''] = paths(lockfile, 'c19999');
    assert.match(path, /^app → c0 → .* → c18 → … 19961 more … → c19980 → .* → c19999$/);
    assert.equal(paths(lockfile, 'c38')[0]?.split(' → ').length, 40);
  });

  it('knows the siblings and dependents of a package', () => {
    const two = { ...from('word'), version: '2.0.0' };
    const lockfile = lock(own('app', 'a', 'word 2.0.0'), from('a', 'word 1.0.0'), from('word'), two);
    const [place] = placesOf(graphOf(lockfile), 0).slice(
      lockfile.packages.findIndex(({ version }) => version === '2.0.0'),
    );
    assert.deepEqual(place?.kind === 'known' && place.value, {
      siblings: [{ version: '1.0.0', dependents: ['a'] }],
      dependents: ['app'],
      kinds: ['normal'],
    });
  });

  it('walks long chains without recursion', () => {
    const chain = (length: number) =>
      lock(
        own('app', 'p0'),
        ...Array.from({ length }, (_, i) => from(`p${i}`, ...(i + 1 < length ? [`p${i + 1}`] : []))),
      );
    const graph = graphOf(chain(5000));
    assert.equal(graph.order.length, 5001);
    assert.equal(
      graph.depth.reduce((most, depth) => Math.max(most, depth), 0),
      5000,
    );
  });
});
