/** Workspaces whose cargo is configured with flags, targets and answers of build scripts, which decide what is built. */
import type { CrateOptions } from '../support/crate.ts';
import { bare, type Fixture, windows } from './fixtures.ts';
import { linux, type Run } from './project.ts';

const cfgs = [
  'mine',
  'not(mine)',
  'mine = "a"',
  'target_feature = "avx2"',
  'target_feature = "crt-static"',
  'panic = "abort"',
  'debug_assertions',
  'windows',
];
const crates: readonly CrateOptions[] = cfgs.flatMap((_, i) => [
  { name: `on${i}`, version: '1.0.0' },
  { name: `build${i}`, version: '1.0.0' },
]);

/** A package with a dependency, and a build-dependency, for each cfg. */
const app = {
  'Cargo.toml': `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n${cfgs
    .map(
      (cfg, i) =>
        `[target.'cfg(${cfg})'.dependencies]\non${i} = "1"\n[target.'cfg(${cfg})'.build-dependencies]\nbuild${i} = "1"\n`,
    )
    .join('')}`,
  'src/main.rs': 'fn main() {}',
  'build.rs': 'fn main() {}',
};

function configured(config: string, more: Record<string, string> = {}) {
  return { files: { ...app, '.cargo/config.toml': config, ...more }, crates };
}

const plain: Run = { targets: [] };
const named: Run = { target: linux };
const both: readonly Run[] = [plain, named];

/** Flags as each place that has them. */
const flags = (text: string) => JSON.stringify(text.split(' '));

export const flagFixtures: readonly Fixture[] = [
  {
    name: 'flags of a build, for the host only where no target is named',
    ...configured(`[build]\nrustflags = ${flags('--cfg mine -C target-feature=+avx2')}\n`),
    runs: [...both, { target: windows }, { targets: [linux, windows] }],
  },
  {
    name: 'flags as one text',
    ...configured(`[build]\nrustflags = "--cfg mine  -Cpanic=abort"\n`),
    runs: both,
  },
  {
    name: 'a cfg with a value',
    ...configured(`[build]\nrustflags = ['--cfg', 'mine="a"', '-C', 'debug-assertions=no']\n`),
    runs: both,
  },
  {
    name: 'flags of a target, in place of those of the build',
    ...configured(
      `[build]\nrustflags = ${flags('--cfg mine')}\n[target.${linux}]\nrustflags = ${flags('-C target-feature=+crt-static')}\n`,
    ),
    runs: [...both, { target: windows }],
  },
  {
    name: 'flags of a cfg',
    ...configured(
      `[target.'cfg(unix)']\nrustflags = ${flags('--cfg mine')}\n[target.'cfg(windows)']\nrustflags = ${flags('-C target-cpu=haswell')}\n`,
    ),
    runs: [...both, { target: windows }, { targets: [linux, windows] }],
  },
  {
    name: 'flags of a cfg beside those of its target',
    ...configured(
      `[target.${linux}]\nrustflags = ${flags('-C panic=abort')}\n[target.'cfg(unix)']\nrustflags = ${flags('--cfg mine')}\n`,
    ),
    runs: both,
  },
  {
    name: 'flags that decide which flags count',
    ...configured(
      `[build]\nrustflags = ${flags('--cfg windows')}\n[target.'cfg(windows)']\nrustflags = ${flags('--cfg mine')}\n`,
    ),
    runs: both,
  },
  {
    name: 'flags that take themselves away',
    ...configured(`[target.'cfg(not(mine))']\nrustflags = ${flags('--cfg mine')}\n`),
    runs: both,
  },
  {
    name: 'flags of the environment, in place of all others',
    ...configured(`[build]\nrustflags = ${flags('--cfg mine')}\n`),
    runs: [
      { RUSTFLAGS: '-C panic=abort' },
      { RUSTFLAGS: '' },
      { RUSTFLAGS: '--cfg mine', CARGO_ENCODED_RUSTFLAGS: '--cfg\u001fmine="a"' },
      { CARGO_ENCODED_RUSTFLAGS: '' },
      { CARGO_BUILD_RUSTFLAGS: '-C target-feature=+avx2' },
      { CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS: '-C target-feature=+avx2' },
    ].flatMap((environment) =>
      both.map((run) => ({ ...run, environment: environment as Record<string, string> })),
    ),
  },
  {
    name: 'flags for rustdoc, which decide no build',
    ...configured(
      `[build]\nrustdocflags = ${flags('--cfg mine -C panic=abort')}\n[target.${linux}]\nrustdocflags = "-C target-feature=+avx2"\n[target.'cfg(unix)']\nrustdocflags = ["--cfg", 'mine="a"']\n`,
    ),
    runs: [
      {},
      { RUSTDOCFLAGS: '--cfg mine' },
      { CARGO_ENCODED_RUSTDOCFLAGS: '--cfg\u001fmine' },
      { CARGO_BUILD_RUSTDOCFLAGS: '--cfg mine' },
      { CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTDOCFLAGS: '--cfg mine' },
    ].flatMap((environment) =>
      both.map((run) => ({ ...run, environment: environment as Record<string, string> })),
    ),
  },
  {
    name: 'a weaker level’s flags come before',
    ...configured(`[build]\nrustflags = ${flags('-C panic=abort')}\n`, {
      'inner/Cargo.toml': app['Cargo.toml'],
      'inner/src/main.rs': '',
      'inner/build.rs': '',
      'inner/.cargo/config.toml': `[build]\nrustflags = ${flags('-C panic=unwind --cfg mine')}\n`,
    }),
    runs: both,
  },
  {
    name: 'a file that is included is weaker than what includes it',
    ...configured(
      `include = ["one.toml", { path = "two.toml", optional = true }, { path = "none.toml", optional = true }]\n[build]\nrustflags = ${flags('--cfg mine')}\n`,
      {
        '.cargo/one.toml': `[build]\ntarget = "${windows}"\nrustflags = ${flags('-C panic=abort')}\n`,
        '.cargo/two.toml': `[build]\ntarget = "${bare}"\nrustflags = ${flags('-C panic=unwind')}\n`,
      },
    ),
    runs: [...both, { target: windows }],
  },
  {
    name: 'targets that cargo is configured for, all at once',
    ...configured(`[build]\ntarget = ["${linux}", "${windows}"]\n`),
    runs: [plain, { target: bare }, { targets: [], environment: { CARGO_BUILD_TARGET: windows } }],
  },
  {
    name: 'the machine’s own target by its other name',
    ...configured(`[build]\ntarget = "host-tuple"\nrustflags = ${flags('--cfg mine')}\n`),
    runs: [plain, { target: 'host-tuple' }],
  },
  {
    name: 'the answers of a build script in its place',
    files: {
      'Cargo.toml':
        '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\nlinks = "own"\n[dependencies]\nnative-sys = "1"\n[build-dependencies]\nhelper = "1"\n',
      'src/main.rs': 'fn main() {}',
      'build.rs': 'fn main() {}',
      '.cargo/config.toml': `[target.${linux}.native]\nrustc-link-lib = ["native"]\n[target.${windows}.own]\nrustc-cfg = ["x"]\n`,
    },
    crates: [
      { name: 'helper', version: '1.0.0' },
      { name: 'seeker', version: '1.0.0' },
      {
        name: 'native-sys',
        version: '1.0.0',
        links: 'native',
        buildScript: 'fn main() {}',
        buildDependencies: { seeker: '1' },
      },
    ],
    runs: [...both, { target: windows }],
  },
];
