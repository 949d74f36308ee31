/** Lists of crates by cargo, held against the resolver's: what a difference says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differencesFrom } from '../../../src/build/oracle/compiled.ts';
import { differencesFromPrecursor, readPrecursor } from '../../../src/build/oracle/sbom-precursor.ts';
import { differencesFromGraph, readUnitGraph } from '../../../src/build/oracle/unit-graph.ts';
import type { BuiltPackage } from '../../../src/cargo/resolve/resolve.ts';

const registry = 'registry+https://index.example.invalid/';

function built(name: string, more: Partial<BuiltPackage> = {}): BuiltPackage {
  return {
    name,
    version: '1.0.0',
    source: registry,
    checksum: undefined,
    builtFor: 'target',
    features: [],
    procMacro: false,
    buildScript: false,
    opaque: undefined,
    uses: [],
    ...more,
  };
}

const said = (name: string, features: readonly string[], kinds: readonly string[] = ['lib']) => ({
  kind: 'artefact' as const,
  package: { id: `${registry}#${name}@1.0.0`, name, version: '1.0.0' },
  kinds,
  target: name,
  features,
  files: [],
  describesFunctions: false,
  executable: undefined,
});

const unit = (name: string, platform: string | null, features: string[] = [], mode = 'build') => ({
  pkg_id: `${registry}#${name}@1.0.0`,
  target: { kind: ['lib'] },
  platform,
  mode,
  features,
  dependencies: [] as { index: number }[],
});

const triple = 'x86_64-unknown-linux-gnu';

describe('what cargo compiled', () => {
  const packages = [
    built('a', { features: ['x'] }),
    built('b'),
    built('c', { features: ['y'] }),
    built('c', { features: ['y', 'z'], builtFor: 'host' }),
  ];
  const same = [
    said('a', ['x']),
    said('b', [], ['custom-build']),
    said('b', []),
    said('c', ['z', 'y']),
    said('c', ['y']),
  ];

  it('agrees, in whatever order', () => {
    assert.deepEqual(differencesFrom({ packages }, same), []);
  });

  it('differs in packages, and in each set of features', () => {
    const what = 'what cargo compiled';
    const table: readonly (readonly [messages: ReturnType<typeof said>[], sentences: readonly string[]])[] = [
      [
        [...same.slice(1), said('a', ['w'])],
        [`${what} has a 1.0.0 with w as well`, `${what} has a 1.0.0 without x`],
      ],
      [[...same, said('d', [])], [`${what} has d 1.0.0, which was not resolved`]],
      [same.filter(({ target }) => target !== 'b'), [`${what} does not have b 1.0.0, which was resolved`]],
      // The union is the same, and one of the two was compiled otherwise.
      [
        same.filter(({ features }) => features.join() !== 'y'),
        [`${what} has c 1.0.0 not with [y], which was resolved`],
      ],
      [[...same, said('c', ['z'])], [`${what} has c 1.0.0 with [z], which was not resolved`]],
    ];
    for (const [messages, sentences] of table)
      assert.deepEqual(differencesFrom({ packages }, messages), sentences);
  });
});

describe('cargo’s unit graph', () => {
  const packages = [
    built('a', { features: ['x'], buildScript: true }),
    built('a', { features: ['y'], buildScript: true, builtFor: 'host' }),
  ];
  const script = { ...unit('a', null), target: { kind: ['custom-build'] } };
  const runs = (platform: string | null, features: string[]) => ({
    ...unit('a', platform, features, 'run-custom-build'),
    target: { kind: ['custom-build'] },
    dependencies: [{ index: 0 }],
  });
  const units = [
    script,
    unit('a', triple, ['x']),
    unit('a', null, ['y']),
    runs(triple, ['x']),
    runs(null, ['y']),
  ];

  it('agrees side by side, or without sides where cargo tells none', () => {
    assert.deepEqual(differencesFromGraph({ packages }, { version: 1, units }, triple), []);
    const older = units.map((one) => ({ ...one, pkg_id: `a 1.0.0 (${registry})` }));
    assert.deepEqual(differencesFromGraph({ packages }, { version: 1, units: older }, triple), []);
    const plain = units.map((one) => ({ ...one, platform: null }));
    assert.deepEqual(differencesFromGraph({ packages }, { version: 1, units: plain }, undefined), []);
  });

  it('differs where sides have each other’s features, where a script runs, and for which target', () => {
    const crossed = units.map((one) => ({ ...one, platform: one.platform === null ? triple : null }));
    assert.deepEqual(differencesFromGraph({ packages }, { version: 1, units: crossed }, triple).slice(0, 2), [
      'cargo’s unit graph has a 1.0.0 for the host with x as well',
      'cargo’s unit graph has a 1.0.0 for the host without y',
    ]);
    assert.deepEqual(differencesFromGraph({ packages }, { version: 1, units: units.slice(0, 4) }, triple), [
      'cargo’s unit graph, of build scripts, does not have a 1.0.0 for the host, which was resolved',
    ]);
    const other = units.map((one) => ({
      ...one,
      platform: one.platform === null ? null : 'riscv64gc-unknown-linux-gnu',
    }));
    assert.equal(
      differencesFromGraph({ packages }, { version: 1, units: other }, triple)[0],
      'cargo’s unit graph does not have a 1.0.0 for the target, which was resolved',
    );
    // Answers of the configuration take the place of a script: the step is left, the script is not.
    const answered = units.map((one) => ({ ...one, dependencies: [] }));
    assert.equal(differencesFromGraph({ packages }, { version: 1, units: answered }, triple).length, 2);
  });
});

describe('cargo’s SBOM file', () => {
  const resolution = {
    roots: [0],
    packages: [
      built('app', {
        source: undefined,
        uses: [
          { package: 1, kind: 'normal', as: undefined },
          { package: 2, kind: 'build', as: undefined },
        ],
      }),
      built('linked'),
      built('helper', { builtFor: 'host' }),
    ],
  };
  const crate = (
    id: string,
    kind: string,
    ...dependencies: { index: number; kind: 'normal' | 'build' }[]
  ) => ({
    id,
    features: [],
    kind: [kind],
    dependencies,
  });
  const app = 'path+file:///build/source#app@1.0.0';
  const file = (helper: 'normal' | 'build') => ({
    version: 1 as const,
    root: 0,
    crates: [
      crate(
        app,
        'bin',
        { index: 1, kind: 'normal' },
        { index: 3, kind: 'build' },
        { index: 2, kind: helper },
      ),
      crate(`${registry}#linked@1.0.0`, 'lib'),
      crate(`${registry}#helper@1.0.0`, 'lib'),
      crate(app, 'custom-build', { index: 2, kind: 'normal' }),
    ],
  });

  it('agrees on what is linked, and on what only runs', () => {
    assert.deepEqual(differencesFromPrecursor(resolution, file('build'), 'app'), []);
  });

  it('differs where one links what the other only runs, and in what is there at all', () => {
    assert.deepEqual(differencesFromPrecursor(resolution, file('normal'), 'app'), [
      'cargo’s SBOM file of app, of what is linked, has helper 1.0.0, which was not resolved',
    ]);
    const { crates, ...rest } = file('build');
    assert.deepEqual(
      differencesFromPrecursor(
        resolution,
        { ...rest, crates: [...crates, crate(`${registry}#odd@1.0.0`, 'lib')] },
        'app',
      ),
      ['cargo’s SBOM file of app has odd 1.0.0, which was not resolved'],
    );
  });
});

it('a list of a form that is not known is an error with a code, and names the form', () => {
  const table: readonly (readonly [text: string, says: RegExp])[] = [
    ['{"version":2,"units":[],"crates":[]}', /has the form 2, and this Safeguard reads the form 1/],
    ['{"units":[]}', /does not say which form/],
    ['null', /does not say which form/],
    ['{"version":1}', /is not as cargo has written it so far \((?:units|root)\)/],
    ['', /is no JSON/],
  ];
  for (const read of [readUnitGraph, readPrecursor])
    for (const [text, message] of table) assert.throws(() => read(text), { code: 'build/unread', message });
});
