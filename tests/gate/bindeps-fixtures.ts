/** Dependencies on programs and C libraries of packages (`-Z bindeps`). */
import { type Fixture, windows } from './fixtures.ts';
import type { Run } from './project.ts';

const head = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}\n`;
const bindeps = { '.cargo/config.toml': '[unstable]\nbindeps = true\n' };
const member = (name: string, more: string, files: Record<string, string> = {}) => ({
  [`${name}/Cargo.toml`]: head(name, more),
  [`${name}/src/lib.rs`]: '',
  [`${name}/src/main.rs`]: 'fn main() {}',
  ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text])),
});
const features = '[features]\ndefault = ["a"]\na = []\nb = []\nc = []\nd = []\n';
/** A library under the program, by which features of each side can be told. */
const under = member('under', features);
const program = (more = '') =>
  member(
    'tool',
    `[dependencies]\nmac = { path = "../mac" }\nunder = { path = "../under" }\n[build-dependencies]\nunder = { path = "../under", features = ["b"] }\n[target.'cfg(windows)'.dependencies]\nunder = { path = "../under", features = ["c"] }\n${features}${more}`,
    { 'build.rs': 'fn main() {}' },
  );
/** Macros, whose features are the host's. */
const macros = {
  'mac/Cargo.toml': `${head('mac', '[lib]\nproc-macro = true\n[dependencies]\nunder = { path = "../under", features = ["d"] }')}`,
  'mac/src/lib.rs': '',
};
const app = (dependencies: string, resolver = '2') => ({
  'Cargo.toml': `${head('app', dependencies)}[workspace]\nmembers = ["tool", "under", "mac"]\nresolver = "${resolver}"\n`,
  'src/main.rs': 'fn main() {}',
  'build.rs': 'fn main() {}',
  ...bindeps,
  ...under,
  ...macros,
  ...program(),
});
const runs: readonly Run[] = [
  {},
  { target: windows },
  { dev: true },
  { workspace: true },
  { features: ['tool/d'], packages: ['app'] },
  { targets: ['x86_64-unknown-linux-gnu', windows] },
];
const tool = (more: string) => `tool = { path = "tool", artifact = "bin"${more} }`;

const built: readonly Fixture[] = [
  ['a program', `[dependencies]\n${tool('')}\n`],
  ['a program and the library', `[dependencies]\n${tool(', lib = true')}\n`],
  ['a program by name', '[dependencies]\ntool = { path = "tool", artifact = ["bin:tool"] }\n'],
  ['a program for a build script', `[build-dependencies]\n${tool('')}\n`],
  ['both for a build script', `[build-dependencies]\n${tool(', lib = true')}\n`],
  ['a program for a named target', `[dependencies]\n${tool(`, target = "${windows}"`)}\n`],
  [
    'a program for a named target, with features, and the library',
    `[dependencies]\n${tool(`, target = "${windows}", lib = true, features = ["b"]`)}\n`,
  ],
  [
    'a program for a named target, in a build script',
    `[build-dependencies]\n${tool(`, target = "${windows}"`)}\n`,
  ],
  [
    'a program for the target, in a build script',
    `[build-dependencies]\n${tool(', target = "target", features = ["c"]')}\n`,
  ],
  [
    'the program of a package whose library is used, too',
    `[dependencies]\nunder = { path = "under", features = ["d"] }\n[build-dependencies]\n${tool(', target = "target"')}\n`,
  ],
  ['an optional program', `[dependencies]\n${tool(', optional = true')}\n[features]\ndefault = ["tool"]\n`],
  ['a program of another platform', `[target.'cfg(windows)'.dependencies]\n${tool('')}\n`],
  ['a program for tests', `[dev-dependencies]\n${tool('')}\n`],
].flatMap(([name = '', dependencies = '']) =>
  ['2', '1'].map(
    (resolver): Fixture => ({
      name: `${name}, resolver ${resolver}`,
      files: app(dependencies, resolver),
      runs,
    }),
  ),
);

const lock = 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n';
/** What cargo refuses: the flag is not there, or the words mean nothing. */
const refused = (
  [
    ['without the flag', 'artifact = "bin"', {}],
    ['switched off', 'artifact = "bin"', { '.cargo/config.toml': '[unstable]\nbindeps = false\n' }],
    ['of no kind that there is', 'artifact = "rlib"', bindeps],
    ['of a kind twice', 'artifact = ["bin", "bin"]', bindeps],
    ['of all programs and one', 'artifact = ["bin", "bin:tool"]', bindeps],
    ['a library of none', 'lib = true', bindeps],
    ['a target of none', 'target = "x86_64-pc-windows-msvc"', bindeps],
    ['for the target outside of a build script', 'artifact = "bin", target = "target"', bindeps],
  ] as const
).map(
  ([name, words, config]): Fixture => ({
    name: `an artifact ${name}`,
    files: {
      'Cargo.toml': head('app', `[dependencies]\ntool = { path = "tool", ${words} }`),
      'src/main.rs': 'fn main() {}',
      'Cargo.lock': `${lock}dependencies = [\n "tool",\n]\n\n[[package]]\nname = "tool"\nversion = "0.1.0"\n`,
      ...member('tool', ''),
      ...config,
    },
    runs: [{}],
    refused: true,
  }),
);

export const bindepsFixtures: readonly Fixture[] = [...built, ...refused];
