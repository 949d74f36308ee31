/** Workspaces as large projects have them: pre-releases, several majors of a crate, `links`, what only build scripts need. */
import type { CrateOptions } from '../support/crate.ts';
import { bare, type Fixture, windows } from './fixtures.ts';
import type { Run } from './project.ts';

const ways: readonly Run[] = [
  { workspace: true },
  { workspace: true, all: true },
  { workspace: true, noDefault: true, target: windows },
  { workspace: true, dev: true },
  { workspace: true, target: bare },
];

/** A workspace of members, each with the rest of its manifest. */
function members(
  all: Readonly<Record<string, string>>,
  { resolver = '2', root = '', version = '1.0.0-dev' } = {},
): Record<string, string> {
  const names = Object.keys(all);
  const files: Record<string, string> = {
    'Cargo.toml': `[workspace]\nresolver = "${resolver}"\nmembers = ${JSON.stringify(names)}\n${root}\n`,
  };
  for (const [name, more] of Object.entries(all)) {
    files[`${name}/Cargo.toml`] =
      `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n${more}\n`;
    files[`${name}/src/lib.rs`] = '';
    if (/build-dependencies|links/.test(more)) files[`${name}/build.rs`] = 'fn main() {}';
  }
  return files;
}

const one: CrateOptions = { name: 'leaf', version: '1.2.0', features: { default: ['a'], a: [], b: [] } };
const two: CrateOptions = { ...one, version: '2.0.1', features: { default: [], a: [], c: [] } };
const three: CrateOptions = { ...one, version: '3.0.0-rc.1', features: { b: [], c: ['b'] } };
const native: CrateOptions = {
  name: 'native-sys',
  version: '0.1.0',
  links: 'native',
  buildScript: 'fn main() {}',
  buildDependencies: { leaf: { version: '2', features: ['c'] } },
};

export const workspaceFixtures: readonly Fixture[] = [
  {
    name: 'members on a pre-release, by path alone',
    files: members({ core: '', app: '[dependencies]\ncore = { path = "../core" }' }),
    runs: ways,
  },
  {
    name: 'members on a pre-release, with their version',
    files: members({ core: '', app: '[dependencies]\ncore = { path = "../core", version = "=1.0.0-dev" }' }),
    runs: ways,
  },
  {
    name: 'a pre-release by path, inherited and optional',
    files: members(
      {
        core: '[features]\nfast = []',
        app: '[dependencies]\ncore = { workspace = true, optional = true, features = ["fast"] }\n[features]\ndefault = ["core"]',
        tool: '[build-dependencies]\ncore = { workspace = true }',
      },
      { root: '[workspace.dependencies]\ncore = { path = "core" }', version: '48.0.0-alpha.1' },
    ),
    runs: ways,
  },
  {
    name: 'a pre-release that a star does not take',
    files: members({ core: '', app: '[dependencies]\ncore = { path = "../core", version = "*" }' }),
    runs: [{ workspace: true }],
    refused: true,
  },
  {
    name: 'a pre-release in place of a release',
    files: members(
      { app: '[dependencies]\nleaf = "1"', leaf: '[features]\na = []\nb = []' },
      { root: '[patch.crates-io]\nleaf = { path = "leaf" }', version: '1.9.0' },
    ),
    crates: [one],
    runs: ways,
  },
  {
    name: 'three majors of one crate, one of them a pre-release',
    files: members({
      app: '[dependencies]\nleaf = "1"\nleaf2 = { package = "leaf", version = "2", features = ["c"] }\nleaf3 = { package = "leaf", version = "3.0.0-rc.1" }',
      other:
        '[dependencies]\nleaf = { version = "1", features = ["b"] }\n[dev-dependencies]\nleaf3 = { package = "leaf", version = "3.0.0-rc.1", features = ["c"] }',
    }),
    crates: [one, two, three],
    runs: ways,
  },
  {
    name: 'two majors, one for build scripts alone',
    files: members({
      app: '[dependencies]\nleaf = "1"\n[build-dependencies]\nleaf = "2"',
      lib: '[target."cfg(windows)".build-dependencies]\nleaf = { version = "2", features = ["a"] }',
    }),
    crates: [one, two],
    runs: ways,
  },
  {
    name: 'features of a crate apart for build scripts and for the target',
    files: members({
      app: '[dependencies]\nleaf = { version = "1", features = ["b"] }\n[build-dependencies]\nleaf = { version = "1", default-features = false }',
    }),
    crates: [one],
    runs: [...ways, ...ways.map((run) => ({ ...run, workspace: false, packages: ['app'] }))],
  },
  {
    name: 'the same with the resolver that unites them',
    files: members(
      {
        app: '[dependencies]\nleaf = { version = "1", features = ["b"] }\n[build-dependencies]\nleaf = { version = "1", default-features = false }',
      },
      { resolver: '1' },
    ),
    crates: [one],
    runs: ways,
  },
  {
    name: 'a C library for the target and for a build script',
    files: members({
      app: '[dependencies]\nnative-sys = "0.1"\nleaf = "1"\n[build-dependencies]\nnative-sys = "0.1"',
      own: 'links = "own"\n[dependencies]\napp = { path = "../app" }',
    }),
    crates: [native, one, two],
    runs: ways,
  },
  {
    name: 'a macro with a C library and a crate of its own',
    files: members({
      app: '[dependencies]\nmacros = { path = "../macros", features = ["full"] }\nleaf = { version = "1", features = ["b"] }',
      macros:
        '[lib]\nproc-macro = true\n[dependencies]\nnative-sys = { version = "0.1", optional = true }\nleaf = "1"\n[features]\nfull = ["dep:native-sys"]',
    }),
    crates: [native, one, two],
    runs: ways,
  },
];
