import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BuiltPackage, Resolution } from '../../../src/cargo/resolve/resolve.ts';
import { graphDelta } from '../../../src/gate/graphs/delta.ts';

interface Spec {
  readonly uses?: readonly string[];
  readonly features?: readonly string[];
  readonly host?: true;
  readonly runs?: true;
}

/** A graph by `name version` or `name`, whose first package is the root. */
function graph(specs: Readonly<Record<string, Spec>>): Resolution {
  const names = Object.keys(specs);
  const packages = Object.entries(specs).map(
    ([id, { uses = [], features = [], host, runs }]): BuiltPackage => {
      const [name = '', version = '1.0.0'] = id.split(' ');
      return {
        name,
        version,
        source: 'registry',
        checksum: undefined,
        builtFor: host ? 'host' : 'target',
        features,
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
const compare = (before: Resolution, after: Resolution) => graphDelta([{ target: 't', before, after }]);

describe('the delta of two graphs', () => {
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
    const unclear = compare(
      graph({ app: { uses: ['net 1.0.0', 'net 2.0.0'] }, 'net 1.0.0': {}, 'net 2.0.0': {} }),
      graph({ app: { uses: ['net 3.0.0'] }, 'net 3.0.0': { features: ['a'] } }),
    );
    assert.equal(unclear.features(id('net', '3.0.0'))[0]?.built, 'now');
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
    const delta = graphDelta([
      { target: 'a', before, after: graph({ app: { uses: ['x', 'y'] }, x: { uses: ['z'] }, y: {}, z: {} }) },
      { target: 'b', before, after: graph({ app: { uses: ['x', 'y'] }, x: {}, y: { uses: ['z'] }, z: {} }) },
    ]);
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
