/** Which libraries of a lockfile run while others are compiled. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LockedPackage, parseLockfile } from '../../../src/cargo/lockfile.ts';
import type { CodeFact } from '../../../src/facts/code.ts';
import { known } from '../../../src/facts/fact.ts';
import type { PackageFacts } from '../../../src/gate/facts-port.ts';
import { builtFor, type Platforms, partsOf } from '../../../src/gate/judgement/part-of.ts';
import { indexDependencies } from '../../support/crate.ts';
import { lockedApp, lockfileText } from '../../support/lockfile.ts';

interface Given {
  readonly needs?: readonly string[];
  readonly build?: readonly string[];
  readonly runs?: 'macros' | 'script';
  /** What its build script calls. */
  readonly calls?: readonly string[];
  /** Needed on WebAssembly alone. */
  readonly wasm?: readonly string[];
  /** Needed to build it on Windows alone. */
  readonly windowsBuild?: readonly string[];
  /** Whether nothing is known of it. */
  readonly unknown?: true;
}

/** A lockfile whose own package asks for `direct`. */
function lockedPackages(
  given: Readonly<Record<string, Given>>,
  direct: readonly string[],
): readonly LockedPackage[] {
  return parseLockfile(
    lockfileText(
      lockedApp(...direct),
      ...Object.entries(given).map(([name, { needs = [], build = [], wasm = [], windowsBuild = [] }]) => ({
        name,
        version: '1.0.0',
        checksum: '0'.repeat(64),
        dependencies: [...new Set([...needs, ...build, ...wasm, ...windowsBuild])],
      })),
    ),
  ).packages;
}

function parts(given: Readonly<Record<string, Given>>): Record<string, readonly string[]> {
  const packages = lockedPackages(given, Object.keys(given));
  const found = partsOf(packages, ({ name }) => factsOf(name, given[name]), ['x86_64-unknown-linux-gnu']);
  return Object.fromEntries([...found].map(([{ name }, crates]) => [name, crates]));
}

function factsOf(name: string, given: Given | undefined): PackageFacts {
  if (given === undefined || given.unknown) return undefined;
  const { needs = [], build = [], wasm = [], windowsBuild = [], runs, calls = [] } = given;
  const part = {
    summary: '',
    shapes: calls.map((one) => `calls ${one}`),
    tokens: '',
    opaque: 0,
    evidence: [],
  };
  const code: CodeFact = {
    tier: runs === 'macros' ? 'proc-macro' : runs === 'script' ? 'build-script' : 'standard',
    reasons: [],
    ...(runs === 'macros' ? { macros: { ...part, exports: [], surface: '' } } : {}),
    ...(runs === 'script' ? { buildScript: part } : {}),
  };
  const table = (list: readonly string[]) => Object.fromEntries(list.map((one) => [one, '1']));
  const line = JSON.stringify({
    name,
    vers: '1.0.0',
    deps: [
      ...indexDependencies(table(needs), 'normal'),
      ...indexDependencies(table(build), 'build'),
      ...indexDependencies(
        Object.fromEntries(wasm.map((one) => [one, { version: '1', target: 'cfg(target_family = "wasm")' }])),
        'normal',
      ),
      ...indexDependencies(
        Object.fromEntries(windowsBuild.map((one) => [one, { version: '1', target: 'cfg(windows)' }])),
        'build',
      ),
    ],
    cksum: '0'.repeat(64),
    features: {},
    yanked: false,
  });
  return {
    registry: 'upstream',
    crate: name,
    facts: { code: known(code, 'archive', 0) },
    extent: 'whole',
    dependencies: [],
    line,
  };
}

describe('libraries that run at build time', () => {
  it('are all that macros depend on, however deep', () => {
    const found = parts({
      a: { runs: 'macros', needs: ['b'] },
      b: { needs: ['c'] },
      c: {},
      d: { needs: ['c'] },
    });
    assert.deepEqual(found, { b: ['a'], c: ['a'] });
  });

  it('are those that a build script calls, and not all that it could', () => {
    const found = parts({
      a: { runs: 'script', build: ['b', 'x'], needs: ['y'], calls: ['b'] },
      b: { needs: ['c'], build: ['z'] },
      c: {},
      x: {},
      y: {},
      z: {},
    });
    assert.deepEqual(found, { b: ['a'], c: ['a'] });
  });

  it('are none that no host builds', () => {
    const found = parts({
      a: { runs: 'macros', needs: ['b'], wasm: ['js'] },
      b: { wasm: ['js'] },
      js: { needs: ['glue'] },
      glue: {},
    });
    assert.deepEqual(found, { b: ['a'] });
  });

  it('name everything that they are a part of', () => {
    const found = parts({ a: { runs: 'macros', needs: ['c'] }, b: { runs: 'macros', needs: ['c'] }, c: {} });
    assert.deepEqual(found, { c: ['a', 'b'] });
  });

  it('are no known tools, and no macros, which are approved by themselves', () => {
    const found = parts({
      a: { runs: 'macros', needs: ['syn', 'm'] },
      syn: { needs: ['unicode'] },
      m: { runs: 'macros' },
      unicode: {},
    });
    assert.deepEqual(found, {});
  });

  it('come to an end where packages depend on each other', () => {
    const found = parts({ a: { runs: 'macros', needs: ['b'] }, b: { needs: ['c'] }, c: { needs: ['b'] } });
    assert.deepEqual(found, { b: ['a'], c: ['a'] });
  });

  it('are looked for through what nobody knows of', () => {
    const found = parts({ a: { runs: 'macros', needs: ['b'] }, b: { unknown: true, needs: ['c'] }, c: {} });
    assert.deepEqual(found, { b: ['a'], c: ['a'] });
  });
});

describe('what is built', () => {
  const given: Readonly<Record<string, Given>> = {
    lib: { needs: ['deep'], wasm: ['js'], windowsBuild: ['winres'] },
    deep: { build: ['cc'] },
    cc: { wasm: ['js-cc'] },
    js: { build: ['js-cc'] },
    'js-cc': {},
    winres: { needs: ['toml'] },
    toml: {},
    macros: { runs: 'macros', needs: ['quote'], wasm: ['js-quote'], windowsBuild: ['winres'] },
    quote: {},
    'js-quote': {},
    secret: { unknown: true, needs: ['hidden'] },
    hidden: { wasm: ['js-hidden'] },
    'js-hidden': {},
  };
  const packages = lockedPackages(given, ['lib', 'macros', 'secret']);
  const built = (platforms: Platforms) =>
    [...builtFor(packages, ({ name }) => factsOf(name, given[name]), platforms)]
      .map(({ name }) => name)
      .sort();
  const linux = 'x86_64-unknown-linux-gnu';
  const usual = ['app', 'cc', 'deep', 'hidden', 'lib', 'macros', 'quote', 'secret'];

  it('leaves out what no host needs to build, whatever it is built for', () => {
    assert.deepEqual(
      built({ targets: undefined, hosts: [linux] }),
      [...usual, 'js', 'js-cc', 'js-hidden'].sort(),
    );
    assert.deepEqual(
      built({ targets: undefined, hosts: ['x86_64-pc-windows-msvc'] }),
      [...usual, 'js', 'js-cc', 'js-hidden', 'winres', 'toml'].sort(),
    );
  });

  it('leaves out what no target needs, and builds for hosts what builds', () => {
    assert.deepEqual(built({ targets: [linux], hosts: [linux] }), usual);
    assert.deepEqual(
      built({ targets: ['wasm32-unknown-unknown'], hosts: [linux] }),
      [...usual, 'js', 'js-cc', 'js-hidden'].sort(),
    );
    assert.deepEqual(
      built({ targets: [linux], hosts: [linux, 'aarch64-pc-windows-msvc'] }),
      [...usual, 'winres', 'toml'].sort(),
    );
  });
});
