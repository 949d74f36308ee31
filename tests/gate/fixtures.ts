/** Workspaces that together have every feature of the format which decides what is built. */
import type { CrateOptions } from '../support/crate.ts';
import type { Project, Run } from './project.ts';

export interface Fixture extends Project {
  readonly name: string;
  readonly runs: readonly Run[];
  /** Cargo refuses every run, and so must we: an oracle that refuses by accident would prove nothing. */
  readonly refused?: true;
}

export const windows = 'x86_64-pc-windows-msvc';
export const bare = 'thumbv7em-none-eabihf';

/** With default, no and all features, on three targets. */
const everywhere: readonly Run[] = [undefined, windows, bare].flatMap((target) =>
  [{}, { noDefault: true }, { all: true }].map((run) => (target === undefined ? run : { ...run, target })),
);
const threeWays: readonly Run[] = [{}, { noDefault: true }, { all: true }];

/** A package's manifest and an empty library; `more` is the rest of the manifest. */
function lib(folder: string, more = '', head = 'edition = "2021"'): Record<string, string> {
  return { ...manifest(folder, more, head), [at(folder, 'src/lib.rs')]: '' };
}

function bin(folder: string, more = '', head = 'edition = "2021"'): Record<string, string> {
  return { ...manifest(folder, more, head), [at(folder, 'src/main.rs')]: 'fn main() {}' };
}

function manifest(folder: string, more: string, head: string): Record<string, string> {
  const name = folder === '' ? 'app' : folder.replaceAll('/', '-').replace(/^[.-]+/, '');
  return { [at(folder, 'Cargo.toml')]: `[package]\nname = "${name}"\nversion = "0.1.0"\n${head}\n${more}\n` };
}

function at(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

/** A crate with three features, two of which turn a dependency on. */
const leaf: CrateOptions = {
  name: 'leaf',
  version: '1.2.0',
  features: { default: ['std'], std: [], alloc: [], serde: ['dep:twig'], extra: ['twig?/deep'] },
  dependencies: { twig: { version: '1', optional: true } },
};
const twig: CrateOptions = { name: 'twig', version: '1.0.0', features: { deep: [], default: [] } };
const macro: CrateOptions = {
  name: 'makro',
  version: '1.0.0',
  procMacro: true,
  features: { full: ['leaf/alloc'] },
  dependencies: { leaf: { version: '1', defaultFeatures: false } },
};
const native: CrateOptions = {
  name: 'native-sys',
  version: '0.3.1',
  links: 'native',
  buildScript: 'fn main() {}',
  buildDependencies: {
    leaf: { version: '1', features: ['serde'] },
    winres: { version: '1', target: 'cfg(windows)' },
  },
  features: { vendored: [] },
};
const winres: CrateOptions = { name: 'winres', version: '1.0.0', dependencies: { leaf: '1' } };
const crates = [leaf, twig, macro, native, winres];

const resolvers = ['1', '2', '3'] as const;

export const fixtures: readonly Fixture[] = [
  ...resolvers.map(
    (resolver): Fixture => ({
      name: `resolver ${resolver}: the same crate for the target, a macro and a build script`,
      crates,
      files: {
        ...bin(
          '',
          `build = "build.rs"
resolver = "${resolver}"
[dependencies]
leaf = { version = "1", default-features = false }
makro = { version = "1", features = ["full"] }
native-sys = { version = "0.3", optional = true }
[build-dependencies]
leaf = { version = "1", features = ["extra"] }
[target.'cfg(windows)'.dependencies]
leaf = { version = "1", features = ["serde"] }
[features]
default = ["native"]
native = ["native-sys/vendored"]`,
        ),
        'build.rs': 'fn main() {}',
      },
      runs: everywhere,
    }),
  ),
  ...['2015', '2018', '2021', '2024'].map(
    (edition): Fixture => ({
      name: `edition ${edition} decides the resolver`,
      crates,
      files: bin(
        '',
        `[dependencies]
leaf = { version = "1", default-features = false }
makro = { version = "1", features = ["full"] }`,
        `edition = "${edition}"`,
      ),
      runs: threeWays,
    }),
  ),
  {
    name: 'without an edition it is 2015',
    crates,
    files: bin('', '[dependencies]\nleaf = "1"\nmakro = { version = "1", features = ["full"] }', ''),
    runs: [{}],
  },
  ...[undefined, ...resolvers].map(
    (resolver): Fixture => ({
      name: `a virtual workspace with resolver ${resolver}`,
      crates,
      files: {
        'Cargo.toml': `[workspace]\nmembers = ["one", "two"]\n${resolver === undefined ? '' : `resolver = "${resolver}"`}`,
        ...bin(
          'one',
          '[dependencies]\nleaf = { version = "1", features = ["alloc"] }\n[features]\nx = ["leaf/serde"]',
        ),
        ...lib(
          'two',
          '[dependencies]\nleaf = { version = "1", default-features = false }\n[features]\ny = []',
        ),
      },
      runs: [
        {},
        { packages: ['two'] },
        { packages: ['one', 'two'] },
        { workspace: true, exclude: ['one'] },
        { all: true },
        { noDefault: true },
        { features: ['x'] },
        { features: ['one/x', 'y'] },
        { features: ['leaf/extra'], packages: ['two'] },
        { features: ['nosuch'] },
        { features: ['x'], packages: ['two'] },
        { packages: ['leaf'] },
        { packages: ['leaf'], all: true },
        { packages: ['t*'] },
        { packages: ['nosuch'] },
        { packages: ['nosuch*'] },
        { packages: ['one@0.1.0'] },
        { packages: ['one@0.2'] },
        { exclude: ['one'] },
        { manifest: 'two/Cargo.toml' },
        { manifest: 'one/Cargo.toml', features: ['x'] },
        { manifest: 'two/Cargo.toml', workspace: true },
        { manifest: 'two/Cargo.toml', packages: ['one'], features: ['x'] },
        { manifest: 'two/Cargo.toml', packages: ['one'], features: ['one/x'] },
      ],
    }),
  ),
  ...['1', '2'].map(
    (resolver): Fixture => ({
      name: `a root package with members, resolver ${resolver}`,
      crates,
      files: {
        ...bin(
          '',
          `[workspace]
members = ["one"]
resolver = "${resolver}"
[dependencies]
one = { path = "one" }
leaf = { version = "1", default-features = false }
[features]
x = ["leaf/serde"]
default = ["z"]
z = []`,
        ),
        ...lib(
          'one',
          '[dependencies]\nleaf = { version = "1" }\n[features]\nx = ["leaf/extra"]\ndefault = ["d"]\nd = []',
        ),
      },
      runs: [
        {},
        { workspace: true },
        { packages: ['one'] },
        { packages: ['one'], features: ['x'] },
        { packages: ['one'], features: ['one/x'] },
        { packages: ['one'], noDefault: true },
        { packages: ['one'], all: true },
        { features: ['one/x'] },
        { features: ['x,z'] },
        { features: ['x z', 'one/x'], workspace: true },
        { features: ['dep:leaf'] },
        { features: ['leaf/a/b'] },
        { manifest: 'one/Cargo.toml' },
        { manifest: 'one/Cargo.toml', packages: ['app'] },
        { manifest: 'one/Cargo.toml', packages: ['app'], noDefault: true },
        { manifest: 'one/Cargo.toml', packages: ['app'], features: ['x'] },
      ],
    }),
  ),
  {
    name: 'a feature of a dependency that only the command line turns on, and what it brings',
    crates: [
      { name: 'core', version: '1.0.0' },
      { name: 'opt', version: '1.0.0', dependencies: { core: { version: '1', optional: true } } },
    ],
    files: bin('', '[dependencies]\ncore = "1"\nopt = { version = "1", optional = true }'),
    runs: [{}, { features: ['opt'] }, { features: ['opt/core'] }],
  },
  {
    name: 'a feature that asks for more of a dev-dependency, turned on by who only depends on the package',
    crates: [
      { name: 'core', version: '1.0.0', features: { deep: [] } },
      {
        name: 'opt',
        version: '1.0.0',
        features: { more: ['core/deep'] },
        dependencies: { core: { version: '1', optional: true } },
      },
      { name: 'host', version: '1.0.0', dependencies: { core: { version: '1' } } },
    ],
    files: {
      ...lib(
        'm0',
        '[build-dependencies]\nhost = "1"\n[dev-dependencies]\nopt = "1"\n[features]\nf = ["opt/more"]',
      ),
      'm0/build.rs': 'fn main() {}',
      ...lib('m1', '[build-dependencies]\nm0 = { path = "../m0", features = ["f"] }'),
      'm1/build.rs': 'fn main() {}',
      'Cargo.toml': '[workspace]\nmembers = ["m0", "m1"]\nresolver = "2"\n',
    },
    runs: [{}, { dev: true }, { dev: true, all: true }],
  },
  {
    name: 'dep:, implicit and weak features',
    crates: [...crates, { name: 'bud', version: '1.0.0', features: { open: [], default: ['open'] } }],
    files: bin(
      '',
      `[dependencies]
leaf = { version = "1", optional = true, default-features = false }
twig = { version = "1", optional = true }
bud = { version = "1", optional = true, default-features = false }
[features]
default = ["weak"]
weak = ["leaf?/serde", "bud?/open"]
hidden = ["dep:twig"]
strong = ["leaf/alloc"]
hidden-strong = ["twig/deep"]
implicit = ["bud"]`,
    ),
    runs: [
      ...threeWays,
      ...[
        'weak',
        'hidden',
        'strong',
        'hidden-strong',
        'implicit',
        'leaf',
        'bud',
        'weak,strong',
        'weak implicit',
      ].map((features) => ({ features: [features], noDefault: true })),
      { features: ['twig'] },
      { features: ['leaf/serde'] },
      { features: ['leaf?/serde'] },
      { features: ['bud?/open', 'bud'] },
      { features: ['twig/deep'] },
      { features: ['leaf/nosuch'] },
    ],
  },
  {
    name: 'targets by triple and by cfg, for every kind of dependency',
    crates,
    files: {
      ...bin(
        '',
        `[target.'cfg(unix)'.dependencies]
leaf = { version = "1", features = ["alloc"] }
[target.'cfg(any(windows, target_os = "none"))'.dependencies]
leaf = { version = "1", default-features = false }
[target.thumbv7em-none-eabihf.dependencies]
twig = "1"
[target.'cfg(windows)'.build-dependencies]
winres = "1"
[target.x86_64-unknown-linux-gnu.build-dependencies]
twig = { version = "1", features = ["deep"] }
[target.'cfg(not(unix))'.dev-dependencies]
native-sys = "0.3"
[target.'cfg(target_env = "msvc")'.dependencies]
makro = { version = "1", optional = true }
[features]
macros = ["makro"]
deep = ["makro?/full", "leaf/extra"]`,
      ),
      'build.rs': 'fn main() {}',
    },
    runs: [...everywhere, { dev: true }, { dev: true, target: windows }],
  },
  {
    name: 'a dependency stands in several tables, optional in one of them',
    crates,
    files: {
      ...bin(
        '',
        `[dependencies]
leaf = { version = "1", optional = true, default-features = false }
[target.'cfg(unix)'.dependencies]
leaf = { version = "1", features = ["alloc"], optional = true }
[build-dependencies]
leaf = { version = "1", features = ["serde"], optional = true }
twig = { version = "1", optional = true }
[dependencies.twig]
version = "1"
features = ["deep"]
[features]
both = ["leaf", "twig?/deep"]
twigs = ["dep:twig"]`,
      ),
      'build.rs': 'fn main() {}',
    },
    runs: [...everywhere, { features: ['both'] }, { features: ['twigs'] }],
  },
  {
    name: 'renamed dependencies, and two versions of one crate',
    crates: [
      ...crates,
      { name: 'leaf', version: '2.0.0', features: { default: ['std'], std: [], new: [] } },
      {
        name: 'user',
        version: '1.0.0',
        dependencies: { old: { version: '1', package: 'leaf', optional: true } },
        features: { more: ['old/alloc'] },
      },
    ],
    files: bin(
      '',
      `[dependencies]
leaf = "2"
leaf-old = { version = "1", package = "leaf", default-features = false, optional = true }
twigs = { version = "1", package = "twig", features = ["deep"] }
user = { version = "1", features = ["more"] }
[dev-dependencies]
leaf = { version = "2", features = ["new"] }
[features]
old = ["leaf-old/serde"]
default = ["old"]`,
    ),
    runs: [
      ...threeWays,
      { dev: true },
      { packages: ['leaf'] },
      { packages: ['leaf@1'] },
      { packages: ['leaf@2.0.0'] },
    ],
  },
  {
    name: 'one package under two names, where one of them is optional',
    crates,
    files: bin(
      '',
      '[dependencies]\nleaf = "1"\nleaf-too = { version = "1", package = "leaf", optional = true }\n[features]\nboth = ["leaf-too"]',
    ),
    runs: threeWays,
  },
  {
    name: 'everything that members inherit',
    crates,
    files: {
      'Cargo.toml': `[workspace]
members = ["crates/*"]
resolver = "2"
[workspace.package]
version = "3.1.4"
edition = "2018"
[workspace.dependencies]
leaf = { version = "1", features = ["alloc"] }
twig = { version = "1", default-features = false }
inner = { path = "crates/inner", version = "3" }
makro = "1"
native-sys = { version = "0.3", default-features = false }
renamed = { package = "winres", version = "1" }`,
      'crates/outer/Cargo.toml': `[package]
name = "outer"
version.workspace = true
edition.workspace = true
[dependencies]
leaf.workspace = true
twig = { workspace = true, features = ["deep"], default-features = true }
inner = { workspace = true, optional = true }
renamed.workspace = true
[build-dependencies]
native-sys = { workspace = true, features = ["vendored"] }
[features]
inside = ["inner/more"]`,
      'crates/outer/src/lib.rs': '',
      'crates/outer/build.rs': 'fn main() {}',
      'crates/inner/Cargo.toml': `[package]
name = "inner"
version = { workspace = true }
edition = { workspace = true }
[dependencies]
leaf = { workspace = true, default-features = false, features = ["serde"] }
[target.'cfg(unix)'.dependencies]
makro = { workspace = true, features = ["full"] }
[features]
more = []`,
      'crates/inner/src/lib.rs': '',
    },
    runs: [
      ...everywhere,
      { packages: ['outer'] },
      { packages: ['inner'] },
      { manifest: 'crates/outer/Cargo.toml', all: true },
    ],
  },
  {
    name: 'members by paths and globs, exclusions, default members',
    crates,
    files: {
      ...bin(
        '',
        `[workspace]
members = ["libs/*", "tools/[ab]*", "deep/**/leafy"]
exclude = ["libs/skipped", "outside"]
default-members = ["libs/one", "tools/a"]
[dependencies]
by-path = { path = "by-path" }
outside = { path = "outside" }`,
      ),
      ...lib('libs/one', '[dependencies]\nleaf = "1"'),
      ...lib('libs/skipped'),
      ...bin('tools/a', '[dependencies]\ntwig = { version = "1", features = ["deep"] }'),
      ...bin('tools/c', '[dependencies]\nnosuch = "1"'),
      ...lib('deep/x/y/leafy', '[dependencies]\nlibs-one = { path = "../../../../libs/one" }'),
      ...lib('by-path', '[dependencies]\nsub = { path = "sub", package = "by-path-sub" }'),
      ...lib('by-path/sub', '[dependencies]\nleaf = { version = "1", features = ["serde"] }'),
      ...lib('outside', '[dependencies]\nleaf = { version = "1", features = ["extra"] }'),
    },
    runs: [
      {},
      { workspace: true },
      { packages: ['by-path'] },
      { packages: ['by-path-sub'] },
      { packages: ['outside'] },
      { packages: ['app'] },
      { manifest: 'libs/one/Cargo.toml' },
      { manifest: 'deep/x/y/leafy/Cargo.toml' },
      { manifest: 'libs/skipped/Cargo.toml' },
      { workspace: true, exclude: ['tools-*'] },
    ],
  },
  {
    name: 'a member that points at its workspace, and a package of no workspace',
    crates,
    files: {
      'root/Cargo.toml': '[workspace]\nmembers = ["../beside"]\nresolver = "2"',
      ...bin('beside', '[dependencies]\nleaf = "1"', 'edition = "2021"\nworkspace = "../root"'),
      'Cargo.toml':
        '[package]\nname = "alone"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nbeside = { path = "beside" }',
      'src/lib.rs': '',
    },
    runs: [{}, { all: true }],
  },
  {
    name: 'proc-macro members, with programs of their own',
    crates,
    files: {
      ...bin(
        '',
        `[workspace]
members = ["mac", "old-mac"]
[dependencies]
mac = { path = "mac", features = ["a"] }
old-mac = { path = "old-mac" }
leaf = { version = "1", default-features = false }`,
      ),
      ...lib(
        'mac',
        '[lib]\nproc-macro = true\n[dependencies]\nleaf = { version = "1", optional = true }\n[features]\na = ["leaf"]\nb = []',
      ),
      'mac/src/main.rs': 'fn main() {}',
      ...lib(
        'old-mac',
        '[lib]\ncrate-type = ["proc-macro"]\n[dependencies]\nleaf = { version = "1", features = ["alloc"] }',
      ),
    },
    runs: [
      ...threeWays,
      { packages: ['mac'] },
      { packages: ['mac'], features: ['b'] },
      { workspace: true },
      { workspace: true, all: true },
      { workspace: true, dev: true },
      { manifest: 'mac/Cargo.toml' },
    ],
  },
  ...['1', '2'].map(
    (resolver): Fixture => ({
      name: `dev-dependencies, resolver ${resolver}`,
      crates,
      files: {
        ...bin(
          '',
          `resolver = "${resolver}"
[workspace]
members = ["other"]
[dependencies]
leaf = { version = "1", default-features = false }
other = { path = "other" }
[dev-dependencies]
leaf = { version = "1", features = ["serde", "extra"] }
native-sys = "0.3"
other = { path = "other", features = ["full"] }`,
        ),
        ...lib(
          'other',
          `[dependencies]
twig = { version = "1", optional = true }
[dev-dependencies]
app = { path = ".." }
makro = { version = "1", features = ["full"] }
[features]
full = ["twig/deep"]`,
        ),
        'src/lib.rs': '',
        'tests/it.rs': '',
        'other/examples/show.rs': 'fn main() {}',
      },
      runs: [
        {},
        { dev: true },
        { packages: ['other'] },
        { packages: ['other'], dev: true },
        { workspace: true, dev: true },
        { workspace: true, dev: true, all: true },
      ],
    }),
  ),
  {
    name: 'programs that require features',
    crates,
    files: {
      ...lib(
        '',
        `[[bin]]
name = "needs-own"
required-features = ["cli"]
[[bin]]
name = "needs-dep"
path = "src/other.rs"
required-features = ["leaf/serde"]
[[example]]
name = "shown"
required-features = ["cli"]
[dependencies]
leaf = { version = "1", default-features = false }
[dev-dependencies]
twig = "1"
[features]
cli = []
s = ["leaf/serde"]
[lib]
crate-type = ["cdylib"]`,
      ),
      'src/bin/needs-own.rs': 'fn main() {}',
      'src/other.rs': 'fn main() {}',
      'examples/shown.rs': 'fn main() {}',
    },
    runs: [...threeWays, { features: ['cli'] }, { features: ['s'] }, { dev: true }, { dev: true, all: true }],
  },
  {
    name: 'nothing to build where no program has its features',
    crates,
    files: bin(
      '',
      '[[bin]]\nname = "app"\npath = "src/main.rs"\nrequired-features = ["cli"]\n[dependencies]\nleaf = "1"\n[features]\ncli = []',
    ),
    runs: threeWays,
  },
  {
    name: 'what is found by itself, and what is not',
    crates,
    files: {
      'Cargo.toml': `[workspace]\nresolver = "2"\nmembers = ["*-found", "plain"]`,
      ...manifest('a-found', 'autobins = false\nbuild = false\n', 'edition = "2021"'),
      'a-found/src/lib.rs': '',
      'a-found/src/main.rs': 'fn main() {}',
      'a-found/build.rs': 'fn main() {}',
      ...manifest('b-found', '[[bin]]\nname = "named"\npath = "named.rs"', 'edition = "2015"'),
      'b-found/named.rs': 'fn main() {}',
      'b-found/src/main.rs': 'fn main() {}',
      'b-found/build.rs': 'fn main() {}',
      ...manifest('c-found', 'build = "custom.rs"\n[build-dependencies]\nleaf = "1"', 'edition = "2021"'),
      'c-found/src/bin/one.rs': 'fn main() {}',
      'c-found/src/bin/two/main.rs': 'fn main() {}',
      'c-found/custom.rs': 'fn main() {}',
      ...manifest(
        'd-found',
        '[lib]\npath = "x.rs"\n[[bin]]\nname = "d-found"\npath = "src/main.rs"',
        'edition = "2021"',
      ),
      'd-found/x.rs': '',
      'd-found/src/main.rs': 'fn main() {}',
      ...lib(
        'plain',
        '[dependencies]\na-found = { path = "../a-found" }\nc-found = { path = "../c-found" }\n[build-dependencies]\nleaf = "1"',
      ),
    },
    runs: [{}, { packages: ['plain'] }, { dev: true }],
  },
  {
    name: 'libraries that Rust cannot use, and packages without one',
    crates,
    files: {
      ...bin(
        '',
        '[lib]\ncrate-type = ["staticlib"]\n[dependencies]\nclib = { path = "clib" }\nboth = { path = "both" }',
      ),
      'src/lib.rs': '',
      ...lib('clib', '[lib]\ncrate-type = ["cdylib"]\n[dependencies]\nleaf = "1"'),
      ...lib('both', '[lib]\ncrate-type = ["cdylib", "rlib"]\n[dependencies]\ntwig = "1"'),
    },
    runs: threeWays,
  },
  {
    name: 'patched by a path, under another name, and by a version that the registry has too',
    crates: [
      ...crates,
      { name: 'user', version: '1.0.0', dependencies: { leaf: { version: '1', features: ['alloc'] } } },
    ],
    files: {
      ...bin(
        '',
        `[dependencies]
leaf = "1"
user = "1"
[patch.crates-io]
leaf = { path = "patched" }
any-name = { path = "twigs", package = "twig" }`,
      ),
      'patched/Cargo.toml':
        '[package]\nname = "leaf"\nversion = "1.5.0"\n[features]\nalloc = ["dep:twig"]\ndefault = []\n[dependencies]\ntwig = { version = "1", optional = true }',
      'patched/src/lib.rs': '',
      'twigs/Cargo.toml': '[package]\nname = "twig"\nversion = "1.0.0"\n[features]\ndefault = ["p"]\np = []',
      'twigs/src/lib.rs': '',
    },
    runs: threeWays,
  },
  {
    name: 'replaced by a path',
    crates,
    files: {
      ...bin('', '[dependencies]\nleaf = "1"\nwinres = "1"\n[replace]\n"leaf:1.2.0" = { path = "mine" }'),
      'mine/Cargo.toml':
        '[package]\nname = "leaf"\nversion = "1.2.0"\n[features]\ndefault = ["std"]\nstd = []\nserde = []\nalloc = []\nextra = []',
      'mine/src/lib.rs': '',
    },
    runs: threeWays,
  },
  {
    name: 'the old spellings',
    crates,
    files: {
      'Cargo.toml': `[project]
name = "app"
version = "0.1.0"
[lib]
proc_macro = false
crate_type = ["rlib"]
[dependencies]
leaf = { version = "1", default_features = false }
[dev_dependencies]
twig = "1"
[build_dependencies]
winres = "1"
[target.'cfg(unix)'.dev_dependencies]
native-sys = "0.3"`,
      'src/lib.rs': '',
      'build.rs': 'fn main() {}',
    },
    runs: [{}, { dev: true }],
  },
  {
    name: 'both spellings: the new one counts',
    crates,
    files: {
      ...bin(
        '',
        '[dependencies]\nleaf = { version = "1", default-features = true, default_features = false }\n[dev-dependencies]\ntwig = "1"\n[dev_dependencies]\nwinres = "1"',
      ),
    },
    runs: [{}, { dev: true }],
  },
  {
    name: 'features of crates that only a build script uses, through macros and back',
    crates: [
      ...crates,
      {
        name: 'helper',
        version: '1.0.0',
        dependencies: { makro: { version: '1' }, leaf: { version: '1', features: ['extra'] } },
        features: { f: ['makro/full'] },
      },
      {
        name: 'mid',
        version: '1.0.0',
        buildScript: 'fn main() {}',
        buildDependencies: { helper: { version: '1', features: ['f'], optional: true } },
        dependencies: {
          helper: { version: '1', optional: true },
          twig: { version: '1', target: 'cfg(windows)', optional: true },
        },
        features: { h: ['helper'], t: ['twig?/deep', 'twig'] },
      },
    ],
    files: bin(
      '',
      '[dependencies]\nmid = { version = "1", features = ["t"] }\nleaf = { version = "1", default-features = false }\n[features]\ndefault = ["mid/h"]',
    ),
    runs: everywhere,
  },
  ...refusedFixtures(),
];

/** What cargo refuses; each is one mistake in a project that is right otherwise. */
function refusedFixtures(): readonly Fixture[] {
  const table: readonly (readonly [name: string, more: string, head?: string])[] = [
    ['an unknown feature in a feature', '[features]\na = ["b"]'],
    ['a feature of itself', '[features]\na = ["a"]'],
    ['dep: of what is not optional', '[dependencies]\nleaf = "1"\n[features]\na = ["dep:leaf"]'],
    ['dep: of nothing', '[features]\na = ["dep:leaf"]'],
    [
      'dep: with a slash',
      '[dependencies]\nleaf = { version = "1", optional = true }\n[features]\na = ["dep:leaf/std"]',
    ],
    ['a weak feature of what is not optional', '[dependencies]\nleaf = "1"\n[features]\na = ["leaf?/std"]'],
    [
      'a feature named like a dependency that is not optional',
      '[dependencies]\nleaf = "1"\n[features]\na = ["leaf"]',
    ],
    [
      'a hidden optional dependency used as a feature',
      '[dependencies]\nleaf = { version = "1", optional = true }\n[features]\na = ["leaf"]\nb = ["dep:leaf"]',
    ],
    ['a name that no feature can have', '[features]\n"a/b" = []'],
    [
      'an optional dependency that no feature turns on',
      '[dependencies]\nleaf = { version = "1", optional = true }\n[features]\nleaf = []',
    ],
    ['an optional dev-dependency', '[dev-dependencies]\nleaf = { version = "1", optional = true }'],
    [
      'a feature that the dependency does not have',
      '[dependencies]\nleaf = { version = "1", features = ["nosuch"] }',
    ],
    [
      'a feature of a dependency that it does not have',
      '[dependencies]\nleaf = "1"\n[features]\na = ["leaf/nosuch"]',
    ],
    [
      'a slash in a dependency’s features',
      '[dependencies]\nleaf = { version = "1", features = ["twig/deep"] }',
    ],
    ['a dependency that says nothing', '[dependencies]\nleaf = { optional = true }'],
    ['a requirement that is none', '[dependencies]\nleaf = "one"'],
    ['an edition from the future', '', 'edition = "2999"'],
    ['a resolver from the future', '', 'edition = "2021"\nresolver = "9"'],
    ['a target that is no cfg', '[target."cfg(unix".dependencies]\nleaf = "1"'],
    ['inheriting from no workspace', '[dependencies]\nleaf.workspace = true'],
    ['a version from no workspace', '', 'edition.workspace = true'],
    ['an artifact', '[dependencies]\nleaf = { version = "1", artifact = "bin" }'],
    [
      'branch and tag',
      '[dependencies]\nleaf = { git = "https://git.invalid/leaf", branch = "a", tag = "b" }',
    ],
    ['a path and a repository', '[dependencies]\nleaf = { git = "https://git.invalid/leaf", path = "leaf" }'],
    ['a member that is missing', '[workspace]\nmembers = ["nosuch"]'],
    ['a path to nothing', '[dependencies]\nnosuch = { path = "nosuch" }'],
    ['an old spelling in a new edition', '[dev_dependencies]\nleaf = "1"', 'edition = "2024"'],
    [
      'default_features in a new edition',
      '[dependencies]\nleaf = { version = "1", default_features = false }',
      'edition = "2024"',
    ],
    ['a registry that nobody knows', '[dependencies]\nleaf = { version = "1", registry = "nosuch" }'],
    ['no TOML', '[dependencies\nleaf = "1"'],
    ['proc-macro beside another crate type', '[lib]\ncrate-type = ["proc-macro", "rlib"]'],
  ];
  return table.map(
    ([name, more, head]): Fixture => ({
      name: `refused: ${name}`,
      crates,
      files: bin('', more, head),
      runs: [{}],
      refused: true,
    }),
  );
}
