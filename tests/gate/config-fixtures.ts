/** What cargo's configuration changes of a build beside flags: patches, paths, includes, answers of build scripts. */
import type { CrateOptions } from '../support/crate.ts';
import { type Fixture, windows } from './fixtures.ts';
import { linux, type Run } from './project.ts';

const leaf: CrateOptions = {
  name: 'leaf',
  version: '1.2.0',
  features: { default: ['std'], std: [], extra: [] },
};
const twig: CrateOptions = { name: 'twig', version: '1.0.0', features: { default: [], deep: [] } };
const native: CrateOptions = {
  name: 'native-sys',
  version: '0.3.0',
  links: 'native',
  buildScript: 'fn main() {}',
  buildDependencies: { leaf: '1' },
};
const app = (more: string, folder = '') => ({
  [`${folder}Cargo.toml`]: `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n${more}\n`,
  [`${folder}src/main.rs`]: 'fn main() {}',
});
/** A package that stands in for `leaf`; `more` is the rest of its manifest. */
const own = (folder: string, version: string, more: string) => ({
  [`${folder}/Cargo.toml`]: `[package]\nname = "leaf"\nversion = "${version}"\nedition = "2021"\n${more}\n`,
  [`${folder}/src/lib.rs`]: '',
});
const runs: readonly Run[] = [{}, { all: true }, { target: windows }];
const patched = (path: string) => `[patch.crates-io]\nleaf = { path = "${path}" }\n`;
const gaining = (feature: string) => `[features]\ndefault = ["${feature}"]\n${feature} = []\n`;

/** Cargo names what stands in by its folder, we by what is locked; and it may be of another version. */
export const pathsFixtures: readonly Fixture[] = [
  {
    name: 'a folder of `paths` in place of what is locked',
    files: {
      ...app('[dependencies]\nleaf = "1"'),
      '.cargo/config.toml': 'paths = ["mine"]\n',
      ...own('mine', '1.2.0', '[features]\ndefault = ["std"]\nstd = ["more"]\nmore = []\nextra = []\n'),
    },
    crates: [leaf],
    runs,
  },
  ...(['1.3.0', '3.0.0', '0.1.0-alpha'] as const).map(
    (version): Fixture => ({
      name: `a folder of \`paths\` of another version, ${version}`,
      files: {
        ...app('[dependencies]\nleaf = "1"\nmid = "1"'),
        '.cargo/config.toml': 'paths = ["mine"]\n',
        ...own('mine', version, gaining('one')),
      },
      crates: [leaf, { name: 'mid', version: '1.0.0', dependencies: { leaf: '1' } }],
      runs,
    }),
  ),
  {
    name: 'a folder of `paths` in place of two versions',
    files: {
      ...app('[dependencies]\nleaf = "1"\nmid = "1"'),
      '.cargo/config.toml': 'paths = ["mine"]\n',
      ...own('mine', '1.2.0', gaining('one')),
    },
    crates: [
      leaf,
      { name: 'leaf', version: '2.0.0', features: { default: ['two'], two: [] } },
      { name: 'mid', version: '1.0.0', dependencies: { leaf: '2' } },
    ],
    runs,
  },
  {
    name: 'a folder of `paths` with packages below it',
    files: {
      ...app('[dependencies]\nleaf = "1"\ntwig = "1"'),
      '.cargo/config.toml': 'paths = ["mine"]\n',
      ...own('mine/deep/leaf', '1.2.0', gaining('one')),
      'mine/twig/Cargo.toml':
        '[package]\nname = "twig"\nversion = "1.0.0"\n[features]\ndefault = ["deep"]\ndeep = []\n',
      'mine/twig/src/lib.rs': '',
    },
    crates: [leaf, twig],
    runs,
  },
  {
    name: 'two folders of `paths` with the same package: the first counts',
    files: {
      ...app('[dependencies]\nleaf = "1"'),
      '.cargo/config.toml': 'paths = ["b", "a"]\n',
      ...own('a', '1.2.0', gaining('one')),
      ...own('b', '1.2.0', gaining('two')),
    },
    crates: [leaf],
    runs,
  },
];

export const configFixtures: readonly Fixture[] = [
  {
    name: 'a patch of the configuration, from the folder that the .cargo is in',
    files: {
      ...app('[dependencies]\nleaf = "1"'),
      '.cargo/config.toml': patched('mine'),
      ...own('mine', '1.4.0', gaining('one')),
    },
    crates: [leaf],
    runs,
  },
  {
    name: 'a patch of the configuration in place of the manifest’s',
    files: {
      ...app(`[dependencies]\nleaf = "1"\n${patched('other')}`),
      '.cargo/config.toml': patched('mine'),
      ...own('mine', '1.4.0', gaining('one')),
      ...own('other', '1.4.0', gaining('two')),
    },
    crates: [leaf],
    runs,
  },
  {
    name: 'a patch of a configuration in place of that which it includes',
    files: {
      ...app('[dependencies]\nleaf = "1"\ntwig = "1"'),
      '.cargo/config.toml': `include = ["weaker.toml"]\n${patched('mine')}`,
      '.cargo/weaker.toml': `${patched('other')}twig = { path = "twig" }\n`,
      ...own('mine', '1.4.0', gaining('one')),
      ...own('other', '1.4.0', gaining('two')),
      'twig/Cargo.toml': '[package]\nname = "twig"\nversion = "1.1.0"\n',
      'twig/src/lib.rs': '',
    },
    crates: [leaf, twig],
    runs,
  },
  {
    name: 'a patch of a file that the configuration includes',
    files: {
      ...app('[dependencies]\nleaf = "1"'),
      '.cargo/config.toml': 'include = ["more/patches.toml"]\n',
      '.cargo/more/patches.toml': patched('mine'),
      ...own('mine', '1.4.0', gaining('one')),
      ...own('.cargo/mine', '1.4.0', gaining('two')),
    },
    crates: [leaf],
    runs,
  },
  {
    name: 'a patch of a feature’s own dependency',
    files: {
      ...app('[dependencies]\nleaf = "1"'),
      '.cargo/config.toml': patched('mine'),
      ...own(
        'mine',
        '1.2.0',
        '[features]\ndefault = ["std"]\nstd = ["dep:twig"]\n[dependencies]\ntwig = { version = "1", optional = true }',
      ),
    },
    crates: [leaf, twig],
    runs,
  },
  {
    name: 'includes of files that include, of which one is not there and need not be',
    files: {
      ...app('[dependencies]\nleaf = "1"\n[target."cfg(mine)".dependencies]\ntwig = "1"'),
      '.cargo/config.toml': 'include = ["a.toml", { path = "none.toml", optional = true }]\n',
      '.cargo/a.toml': 'include = ["deep/b.toml"]\n',
      '.cargo/deep/b.toml': 'include = ["../../c.toml"]\n',
      'c.toml': '[build]\nrustflags = ["--cfg", "mine"]\n',
    },
    crates: [leaf, twig],
    runs,
  },
  {
    name: 'the answers of a build script for the machine that builds, where another target is named',
    files: {
      ...app('[dependencies]\nnative-sys = "0.3"\n[build-dependencies]\nnative-sys = "0.3"'),
      'build.rs': 'fn main() {}',
      '.cargo/config.toml': `[target.${linux}.native]\nrustc-link-lib = ["x"]\n`,
    },
    crates: [leaf, native],
    runs,
  },
  {
    name: 'the answers of a build script below a cfg, which count for nothing',
    files: {
      ...app('[dependencies]\nnative-sys = "0.3"'),
      '.cargo/config.toml': '[target.\'cfg(unix)\'.native]\nrustc-link-lib = ["x"]\n',
    },
    crates: [leaf, native],
    runs,
  },
  {
    name: 'the answers of build scripts from two files, each for another target',
    files: {
      ...app('links = "own"\n[dependencies]\nnative-sys = "0.3"\n[build-dependencies]\ntwig = "1"'),
      'build.rs': 'fn main() {}',
      '.cargo/config.toml': `include = ["weaker.toml"]\n[target.${windows}.own]\n`,
      '.cargo/weaker.toml': `[target.${windows}.native]\nrustc-link-lib = ["x"]\n[target.${linux}.own]\nrustc-link-lib = ["x"]\n`,
    },
    crates: [leaf, twig, native],
    runs,
  },
  {
    name: 'an answer to what no package links',
    files: {
      ...app('[dependencies]\nnative-sys = "0.3"'),
      '.cargo/config.toml': `[target.${linux}.other]\nrustc-link-lib = ["x"]\n`,
    },
    crates: [leaf, native],
    runs,
  },
  ...(
    [
      'include = ["a.toml"]\n',
      'include = "a.toml"\n',
      'include = [{ path = "a.txt" }]\n',
      'include = [1]\n',
    ] as const
  ).map(
    (text): Fixture => ({
      name: `refused: ${text.trim()}`,
      files: { ...app('[dependencies]\nleaf = "1"'), '.cargo/config.toml': text },
      crates: [leaf],
      runs: [{}],
      refused: true,
    }),
  ),
  {
    name: 'refused: files that include each other',
    files: {
      ...app('[dependencies]\nleaf = "1"'),
      '.cargo/config.toml': 'include = ["a.toml"]\n',
      '.cargo/a.toml': 'include = ["config.toml"]\n',
    },
    crates: [leaf],
    runs: [{}],
    refused: true,
  },
];
