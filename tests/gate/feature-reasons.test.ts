import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FeatureReason } from '../../src/cargo/resolve/reasons.ts';
import { memoryFiles } from '../../src/gate/project/memory-files.ts';
import { openProject } from '../../src/gate/project/resolve.ts';

type Manifests = Readonly<Record<string, string>>;

const linux = 'x86_64-unknown-linux-gnu';

/** Why a feature of `low` is on where `app` is built. Dependencies are given as `name` or `name: table`. */
async function reasons(manifests: Manifests, feature: string): Promise<readonly string[]> {
  const texts = new Map<string, string>();
  const locked: string[] = [];
  for (const [name, body] of Object.entries(manifests)) {
    texts.set(
      `${name}/Cargo.toml`,
      `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n${body}\n`,
    );
    const uses = [...body.matchAll(/path = "\.\.\/([a-z]+)"/g)].map(([, used]) => ` "${used}",\n`).sort();
    locked.push(
      `[[package]]\nname = "${name}"\nversion = "1.0.0"\n${uses.length === 0 ? '' : `dependencies = [\n${uses.join('')}]\n`}`,
    );
  }
  texts.set('Cargo.toml', '[workspace]\nresolver = "2"\nmembers = ["app"]\n');
  texts.set('Cargo.lock', `version = 4\n\n${locked.sort().join('\n')}`);
  const files = memoryFiles({
    root: '/p',
    texts,
    others: Object.keys(manifests).map((name) => `${name}/src/lib.rs`),
  });
  const project = await openProject({
    files,
    manifestPath: '/p/Cargo.toml',
    cargoHome: undefined,
    crates: { cache: undefined, remote: undefined },
  });
  const selection = {
    packages: ['app'],
    workspace: false,
    exclude: [],
    features: [],
    allFeatures: false,
    defaultFeatures: true,
    dev: false,
  };
  const why = project.reasons({ target: linux, host: linux, selection });
  return why({ name: 'low', version: '1.0.0', source: undefined }, feature).map(said);
}

function said({ package: { name }, feature, asks, dependency }: FeatureReason): string {
  const by = feature === undefined ? name : `${name}/${feature}`;
  return `${by} asks ${dependency === undefined ? '' : `${dependency} `}for ${asks}`;
}

const low = '[features]\ndefault = ["std"]\nstd = []';

describe('why a feature is on', () => {
  const cases: readonly (readonly [string, Manifests, readonly string[]])[] = [
    [
      'default features that a dependency asks for',
      { app: '[dependencies]\nlow = { path = "../low" }', low },
      ['low/default asks for std', 'app asks low for default'],
    ],
    [
      'a feature that a dependency names',
      {
        app: '[dependencies]\nmid = { path = "../mid" }',
        mid: '[dependencies]\nlow = { path = "../low", default-features = false, features = ["std"] }',
        low,
      },
      ['mid asks low for std'],
    ],
    [
      'a feature that names that of a dependency, up to whoever turns it on',
      {
        app: '[dependencies]\nmid = { path = "../mid" }',
        mid: '[features]\ndefault = ["full"]\nfull = ["low/std"]\n[dependencies]\nlow = { path = "../low", default-features = false }',
        low,
      },
      ['mid/full asks low for std', 'mid/default asks for full', 'app asks mid for default'],
    ],
    [
      'a weak one, by what brings its dependency',
      {
        app: '[dependencies]\nmid = { path = "../mid", features = ["std", "more"] }',
        mid: '[features]\nstd = ["low?/std"]\nmore = ["dep:low"]\n[dependencies]\nlow = { path = "../low", optional = true, default-features = false }',
        low,
      },
      ['mid/std asks low for std', 'app asks mid for std'],
    ],
    [
      'an optional dependency, up to whoever turns it on',
      {
        app: '[features]\ndefault = ["codec"]\ncodec = ["dep:low"]\n[dependencies]\nlow = { path = "../low", optional = true }',
        low,
      },
      ['low/default asks for std', 'app/codec asks low for default', 'app/default asks for codec'],
    ],
    [
      'a renamed dependency',
      { app: '[dependencies]\ndeep = { path = "../low", package = "low" }', low },
      ['low/default asks for std', 'app asks deep for default'],
    ],
  ];
  for (const [name, manifests, expected] of cases) {
    it(name, async () => assert.deepEqual(await reasons(manifests, 'std'), expected));
  }

  it('has none for a feature that is off, or a package that is not built', async () => {
    const app = '[dependencies]\nlow = { path = "../low", default-features = false }';
    assert.deepEqual(await reasons({ app, low }, 'std'), []);
  });
});
