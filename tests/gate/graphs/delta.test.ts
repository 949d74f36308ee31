import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BuiltPackage, Resolution } from '../../../src/cargo/resolve/resolve.ts';
import { graphDelta, replacementsOf } from '../../../src/gate/graphs/delta.ts';

interface Spec {
  readonly uses?: readonly string[];
  readonly features?: readonly string[];
  readonly host?: true;
  readonly runs?: true;
  /** Features and optional dependencies that its manifest has; absent: not known. */
  readonly declares?: readonly string[];
}

/** A graph by `name version` or `name`, whose first package is the root. */
function graph(specs: Readonly<Record<string, Spec>>): Resolution {
  const names = Object.keys(specs);
  const packages = Object.entries(specs).map(
    ([id, { uses = [], features = [], host, runs, declares }]): BuiltPackage => {
      const [name = '', version = '1.0.0'] = id.split(' ');
      return {
        name,
        version,
        source: 'registry',
        checksum: undefined,
        builtFor: host ? 'host' : 'target',
        features,
        declares: declares && {
          features: new Map(declares.map((one) => [one, []])),
          dependencies: [],
        },
        procMacro: false,
        buildScript: runs === true,
        opaque: undefined,
        uses: uses.map((use) => ({ package: names.indexOf(use), kind: 'normal', as: undefined })),
      };
    },
  );
  return { packages, roots: names.length === 0 ? [] : [0] };
}

const id = (name: string, version = '1.0.0') => ({ name, version, source: 'registry' });
const compare = (
  before: Resolution,
  after: Resolution,
  ...replaced: readonly (readonly [name: string, before: string, after: string])[]
) =>
  graphDelta(
    [{ target: 't', before, after }],
    replacementsOf(replaced.map(([name, old, now]) => ({ before: id(name, old), after: id(name, now) }))),
  );

describe('the delta of two graphs', () => {
  it('tells of a target that is looked at for the workspace only what is not so for the others', () => {
    const [old, now, more] = [[], ['x'], ['x', 'y']].map((features) =>
      graph({ app: { uses: ['a'] }, a: { features } }),
    );
    assert.ok(old && now && more);
    const { features } = graphDelta(
      [
        { target: 't', before: old, after: now },
        { target: 't', member: 'app', before: old, after: now },
        { target: 'u', before: old, after: now },
        { target: 'v', before: old, after: more },
      ],
      replacementsOf([]),
    );
    assert.deepEqual(
      features(id('a')).map(({ target, members, gained }) => [target, members, gained]),
      [
        ['t', ['app'], ['x']],
        ['v', undefined, ['x', 'y']],
      ],
    );
  });

  describe('features that an update only gives names to', () => {
    const old = { features: ['a'], declares: ['a', 'off'] };
    const cases: readonly (readonly [name: string, before: Spec, after: Spec, renamed: readonly string[]])[] =
      [
        ['are new in the release', old, { features: ['a', 'b', 'default'] }, ['b', 'default']],
        ['were there, and off', old, { features: ['a', 'b', 'off'] }, ['b']],
        ['come with a package that it did not use', old, { uses: ['leaf'], features: ['a', 'b'] }, []],
        [
          'come with one that it used',
          { ...old, uses: ['leaf'] },
          { uses: ['leaf'], features: ['b'] },
          ['b'],
        ],
        ['are not known of the release before', { features: ['a'] }, { features: ['a', 'b'] }, []],
      ];
    for (const [name, before, after, renamed] of cases) {
      it(name, () => {
        const delta = compare(
          graph({ app: { uses: ['net 1.0.0', 'leaf'] }, 'net 1.0.0': before, leaf: {} }),
          graph({ app: { uses: ['net 1.1.0', 'leaf'] }, 'net 1.1.0': after, leaf: {} }),
          ['net', '1.0.0', '1.1.0'],
        );
        assert.deepEqual(delta.fact(id('net', '1.1.0')).renamed, renamed);
      });
    }

    it('are none where the release is the same', () => {
      const delta = compare(
        graph({ app: { uses: ['net'] }, net: old }),
        graph({ app: { uses: ['net'] }, net: { ...old, features: ['a', 'off'] } }),
      );
      assert.deepEqual(delta.fact(id('net')).renamed, []);
      assert.deepEqual(delta.fact(id('net')).gained, ['off']);
    });
  });

  it('tells features gained and lost, by side', () => {
    const delta = compare(
      graph({ app: { uses: ['net'] }, net: { features: ['a', 'b'] } }),
      graph({ app: { uses: ['net'] }, net: { features: ['b', 'c'] } }),
    );
    assert.deepEqual(delta.features(id('net')), [
      { target: 't', builtFor: 'target', gained: ['c'], lost: ['a'] },
    ]);
    assert.deepEqual(delta.fact(id('net')).gained, ['c']);
    assert.deepEqual(delta.features(id('app')), []);
  });

  it('compares a release with the one that it replaces, and with none of several', () => {
    const upgraded = compare(
      graph({ app: { uses: ['net 1.0.0'] }, 'net 1.0.0': { features: ['a'], runs: true } }),
      graph({ app: { uses: ['net 1.1.0'] }, 'net 1.1.0': { features: ['a', 'b'], runs: true } }),
      ['net', '1.0.0', '1.1.0'],
    );
    assert.deepEqual(upgraded.features(id('net', '1.1.0')), [
      { target: 't', builtFor: 'target', gained: ['b'], lost: [] },
    ]);
    assert.deepEqual(
      upgraded.features(id('net', '1.0.0')),
      [],
      'it is told of the release that is there now',
    );
    const { isNew, executedBefore } = upgraded.fact(id('net', '1.1.0'));
    assert.deepEqual([isNew, executedBefore], [true, true]);
  });

  it('compares each of several releases of a crate with its own', () => {
    const delta = compare(
      graph({
        app: { uses: ['net 1.0.0', 'net 2.0.0', 'net 3.0.0'] },
        'net 1.0.0': { features: ['a'] },
        'net 2.0.0': { features: ['b'] },
        'net 3.0.0': {},
      }),
      graph({
        app: { uses: ['net 1.1.0', 'net 2.1.0', 'net 3.0.0', 'net 4.0.0'] },
        'net 1.1.0': { features: ['a', 'x'] },
        'net 2.1.0': { features: ['b'] },
        'net 3.0.0': { features: ['y'] },
        'net 4.0.0': {},
      }),
      ['net', '1.0.0', '1.1.0'],
      ['net', '2.0.0', '2.1.0'],
    );
    const changes = (version: string) =>
      delta
        .features(id('net', version))
        .map(({ built, gained, lost }) => [built ?? '', gained.join(), lost.join()]);
    assert.deepEqual(changes('1.1.0'), [['', 'x', '']]);
    assert.deepEqual(changes('2.1.0'), []);
    assert.deepEqual(changes('3.0.0'), [['', 'y', '']]);
    assert.deepEqual(changes('4.0.0'), [['now', '', '']]);
    assert.deepEqual([changes('1.0.0'), changes('2.0.0')], [[], []]);
  });

  it('does not take what stays for the successor of what is gone', () => {
    const delta = compare(
      graph({ app: { uses: ['net 1.0.0'] }, 'net 1.0.0': { features: ['a'] } }),
      graph({ app: { uses: ['net 2.0.0'] }, 'net 2.0.0': { features: ['a'] } }),
    );
    assert.deepEqual(delta.features(id('net', '2.0.0'))[0]?.built, 'now');
    assert.deepEqual(delta.features(id('net', '1.0.0'))[0]?.built, 'no longer');
  });

  it('counts another release of what was built for nothing that is brought', () => {
    const delta = compare(
      graph({
        app: { uses: ['serde 1.0.0'] },
        'serde 1.0.0': { uses: ['derive 1.0.0'] },
        'derive 1.0.0': { runs: true },
      }),
      graph({
        app: { uses: ['serde 1.0.1'] },
        'serde 1.0.1': { uses: ['derive 1.0.1', 'stranger'] },
        'derive 1.0.1': { runs: true },
        stranger: {},
      }),
      ['serde', '1.0.0', '1.0.1'],
      ['derive', '1.0.0', '1.0.1'],
    );
    assert.deepEqual(
      delta.fact(id('serde', '1.0.1')).brings.map(({ crate }) => crate),
      ['stranger'],
    );
  });

  it('tells what only one package brings, from the top of it', () => {
    const delta = compare(
      graph({ app: { uses: ['old'] }, old: {} }),
      graph({
        app: { uses: ['old', 'big', 'other'] },
        old: {},
        big: { uses: ['part', 'shared', 'old'] },
        part: { uses: ['deep'], runs: true },
        deep: {},
        shared: {},
        other: { uses: ['shared'] },
      }),
    );
    const big = delta.fact(id('big'));
    assert.deepEqual(
      big.brings.map(({ crate, executes }) => [crate, ...executes]),
      [['part', 'build script'], ['deep']],
    );
    assert.deepEqual([big.isNew, big.isTop, big.path], [true, true, 'app → big']);
    assert.deepEqual(
      [delta.fact(id('part')).isTop, delta.fact(id('part')).path],
      [false, 'app → big → part'],
    );
    assert.deepEqual(delta.fact(id('old')).brings, []);
  });

  it('does not count what another target brings as well', () => {
    const before = graph({ app: {} });
    const delta = graphDelta(
      [
        {
          target: 'a',
          before,
          after: graph({ app: { uses: ['x', 'y'] }, x: { uses: ['z'] }, y: {}, z: {} }),
        },
        {
          target: 'b',
          before,
          after: graph({ app: { uses: ['x', 'y'] }, x: {}, y: { uses: ['z'] }, z: {} }),
        },
      ],
      replacementsOf([]),
    );
    assert.deepEqual([delta.fact(id('x')).brings, delta.fact(id('y')).brings], [[], []]);
  });

  it('is empty between equal graphs, whatever they are', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const spec = fc.record({
      uses: fc.uniqueArray(fc.constantFrom(...names)),
      features: fc.uniqueArray(fc.constantFrom('x', 'y')),
    });
    fc.assert(
      fc.property(fc.tuple(spec, spec, spec, spec, spec), (specs) => {
        const one = graph(Object.fromEntries(specs.map((each, i) => [names[i] ?? '', each])));
        const delta = compare(one, one);
        for (const name of names) {
          assert.deepEqual(delta.features(id(name)), []);
          const { isNew, gained, brings } = delta.fact(id(name));
          assert.deepEqual([isNew, gained, brings], [false, [], []]);
        }
      }),
    );
  });
});
