/** Two sides of a change: what is resolved once for both, and what must not be. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LinkedProjects } from '../../../src/gate/project/linked.ts';
import { memoryFiles } from '../../../src/gate/project/memory-files.ts';
import { openProject } from '../../../src/gate/project/resolve.ts';

const package_ = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;
const locked = (name: string, needs: readonly string[] = []) =>
  `\n[[package]]\nname = "${name}"\nversion = "0.1.0"\n${
    needs.length === 0 ? '' : `dependencies = [\n${needs.map((one) => ` "${one}",\n`).join('')}]\n`
  }`;
const base = {
  'Cargo.toml': `${package_('app', '[dependencies]\nlib = { path = "lib" }\nnative = { path = "native" }\n[target."cfg(special)".dependencies]\nother = { path = "other" }\n')}[workspace]\n`,
  'src/main.rs': 'fn main() {}',
  'lib/Cargo.toml': package_('lib', '[features]\nextra = []\n'),
  'lib/src/lib.rs': '',
  'other/Cargo.toml': package_('other'),
  'other/src/lib.rs': '',
  'native/Cargo.toml': package_('native', 'links = "native"\n'),
  'native/src/lib.rs': '',
  'native/build.rs': 'fn main() {}',
  'Cargo.lock': `version = 4\n${locked('app', ['lib', 'native', 'other'])}${locked('lib')}${locked('native')}${locked('other')}`,
};

/** What is built of each of two sides, of which the second knows of the first; and of the second alone. */
async function bothSides(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const resolved = async (texts: Readonly<Record<string, string>>, linked: LinkedProjects) => {
    const files = memoryFiles({ root: '/p', texts: new Map(Object.entries(texts)), others: [] });
    const project = await openProject({
      files,
      manifestPath: '/p/Cargo.toml',
      cargoHome: undefined,
      crates: { cache: undefined, remote: undefined },
      linked,
    });
    const host = 'x86_64-unknown-linux-gnu';
    const selection = {
      packages: [],
      workspace: true,
      exclude: [],
      features: [],
      allFeatures: false,
      defaultFeatures: true,
      dev: false,
    };
    return project.resolve({ target: host, host, isPlain: true, selection });
  };
  const both = new LinkedProjects();
  return {
    first: await resolved(before, both),
    second: await resolved(after, both),
    alone: await resolved(after, new LinkedProjects()),
  };
}

it('a side with nothing changed that decides it is the other one', async () => {
  for (const after of [base, { ...base, 'src/main.rs': 'fn main() { println!(); }' }]) {
    const { first, second, alone } = await bothSides(base, after);
    assert.equal(second, first);
    assert.deepEqual(alone, first);
  }
});

for (const [what, after] of [
  [
    'a feature of a manifest',
    { 'Cargo.toml': base['Cargo.toml'].replace('"lib" }', '"lib", features = ["extra"] }') },
  ],
  ['a build script', { 'lib/build.rs': 'fn main() {}' }],
  ['flags for rustc', { '.cargo/config.toml': 'build.rustflags = ["--cfg", "special"]' }],
  [
    'what cargo’s configuration says in place of a build script',
    { '.cargo/config.toml': '[target.x86_64-unknown-linux-gnu.native]\nrustc-link-lib = ["native"]\n' },
  ],
  ['the resolver', { 'Cargo.toml': `${base['Cargo.toml']}resolver = "1"\n` }],
  [
    'the lockfile and a manifest',
    {
      'lib/Cargo.toml': package_(
        'lib',
        '[features]\nextra = []\n[dependencies]\nother = { path = "../other" }\n',
      ),
      'Cargo.lock': base['Cargo.lock'].replace(locked('lib'), locked('lib', ['other'])),
    },
  ],
] as const)
  it(`${what} makes it another`, async () => {
    const { first, second, alone } = await bothSides(base, { ...base, ...after });
    assert.notEqual(second, first);
    assert.deepEqual(second, alone);
    if (what !== 'the resolver') assert.notDeepEqual(second, first);
  });
