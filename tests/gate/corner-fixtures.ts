/** Corners in which cargo refuses, or goes a way of its own. */
import type { CrateOptions } from '../support/crate.ts';
import { type Fixture, windows } from './fixtures.ts';
import type { Run } from './project.ts';

const head = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}\n`;
const lib = (folder: string, more = '', root = '') => ({
  [`${folder}/Cargo.toml`]: `${head(folder, more)}${root}`,
  [`${folder}/src/lib.rs`]: '',
});
const app = (more: string, others: Record<string, string> = {}) => ({
  'Cargo.toml': head('app', more),
  'src/main.rs': 'fn main() {}',
  ...others,
});
const leaf: CrateOptions = { name: 'leaf', version: '1.0.0', features: { default: ['a'], a: [], b: [] } };
/** A lockfile, where cargo itself makes none: each package with what it depends on. */
const lock = (packages: Readonly<Record<string, readonly string[]>>) => ({
  'Cargo.lock': `version = 4\n${Object.entries(packages)
    .map(([name, needs]) => {
      const list =
        needs.length === 0 ? '' : `dependencies = [\n${needs.map((one) => ` "${one}",\n`).join('')}]\n`;
      return `\n[[package]]\nname = "${name}"\nversion = "0.1.0"\n${list}`;
    })
    .join('')}`,
});
const runs: readonly Run[] = [{}, { all: true }, { dev: true }];

export const cornerFixtures: readonly Fixture[] = [
  {
    name: 'packages that need each other',
    files: app('[dependencies]\na = { path = "a" }', {
      ...lib('a', '[dependencies]\nb = { path = "../b" }'),
      ...lib('b', '[dependencies]\na = { path = "../a" }'),
      ...lock({ a: ['b'], app: ['a'], b: ['a'] }),
    }),
    runs,
    refused: true,
  },
  {
    name: 'packages that need each other for their tests alone',
    files: app('[dependencies]\na = { path = "a" }\n[workspace]', {
      ...lib('a', '[dependencies]\nb = { path = "../b" }'),
      ...lib('b', '[dev-dependencies]\na = { path = "../a" }'),
    }),
    runs: [...runs, { workspace: true, dev: true }],
  },
  {
    name: 'packages that need each other to be built',
    files: app('[dependencies]\na = { path = "a" }', {
      ...lib('a', '[dependencies]\nb = { path = "../b" }'),
      ...lib('b', '[build-dependencies]\na = { path = "../a" }'),
      'b/build.rs': 'fn main() {}',
      ...lock({ a: ['b'], app: ['a'], b: ['a'] }),
    }),
    runs,
    refused: true,
  },
  {
    name: 'packages that would need each other with a feature',
    files: app('[dependencies]\na = { path = "a" }\n[workspace]', {
      ...lib('a', '[dependencies]\nb = { path = "../b", optional = true }'),
      ...lib('b', '[dependencies]\na = { path = "../a" }'),
      ...lock({ a: ['b'], app: ['a'], b: ['a'] }),
    }),
    runs: [{}, { features: ['a/b'] }],
    refused: true,
  },
  {
    name: 'a package that needs itself',
    files: app('[dependencies]\napp = { path = "." }', lock({ app: ['app'] })),
    runs,
    refused: true,
  },
  {
    name: 'a package that needs itself for its tests',
    files: { ...app('[dev-dependencies]\napp = { path = "." }'), 'src/lib.rs': '' },
    runs,
  },
  {
    name: 'a package under two names',
    files: app('[dependencies]\nleaf = "1"\nother = { package = "leaf", version = "1" }'),
    crates: [leaf],
    runs,
    refused: true,
  },
  {
    name: 'a package under two names, one of them for the build script',
    files: {
      ...app('[dependencies]\nleaf = "1"\n[build-dependencies]\nother = { package = "leaf", version = "1" }'),
      'build.rs': 'fn main() {}',
    },
    crates: [leaf],
    runs,
    refused: true,
  },
  {
    name: 'a package under two names, one of them for another platform',
    files: app(
      '[dependencies]\nleaf = "1"\n[target."cfg(windows)".dependencies]\nother = { package = "leaf", version = "1" }',
    ),
    crates: [leaf],
    runs: [{}, { target: windows }],
    refused: true,
  },
  {
    name: 'a package under two names, one of them optional',
    files: app('[dependencies]\nleaf = "1"\nother = { package = "leaf", version = "1", optional = true }'),
    crates: [leaf],
    runs: [{}, { all: true }],
  },
  {
    name: 'a package under two names, one of them for tests',
    files: app('[dependencies]\nleaf = "1"\n[dev-dependencies]\nother = { package = "leaf", version = "1" }'),
    crates: [leaf],
    runs,
  },
  {
    name: 'a library that is not there',
    files: { ...app('[lib]\npath = "lib.rs"') },
    runs,
    refused: true,
  },
  {
    name: 'a program that is not there',
    files: { ...app('[[bin]]\nname = "x"\npath = "x.rs"') },
    runs,
    refused: true,
  },
  {
    name: 'a library that a manifest only names',
    files: { ...app('[lib]\nname = "x"') },
    runs,
    refused: true,
  },
  {
    name: 'a dependency whose library is not there',
    files: app('[dependencies]\na = { path = "a" }', { 'a/Cargo.toml': head('a', '[lib]\npath = "lib.rs"') }),
    runs,
  },
  {
    name: "a dependency's features that the command line turns on beyond the lockfile",
    files: app('[dependencies]\nmid = "1"'),
    crates: [
      leaf,
      {
        name: 'mid',
        version: '1.0.0',
        dependencies: { leaf: { version: '1', optional: true, target: 'cfg(unix)' } },
        features: { on: ['dep:leaf', 'leaf/b'] },
      },
    ],
    // On Windows nothing is built of what is not locked.
    runs: [{}, { features: ['mid/on'] }, { features: ['mid/on'], target: windows }],
  },
  {
    name: "a dependency's features beyond the lockfile, where another package has it locked",
    files: app('[dependencies]\nmid = "1"\nleaf = { version = "1", default-features = false }'),
    crates: [
      leaf,
      {
        name: 'mid',
        version: '1.0.0',
        dependencies: { leaf: { version: '1', optional: true } },
        features: { on: ['dep:leaf', 'leaf/b'] },
      },
    ],
    runs: [{}, { features: ['mid/on'] }],
  },
];
