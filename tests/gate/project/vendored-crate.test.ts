import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryFiles } from '../../../src/gate/project/memory-files.ts';
import { openProject } from '../../../src/gate/project/resolve.ts';
import { lockedApp, lockfileText } from '../../support/lockfile.ts';
import { linux, selectionOf } from '../project.ts';

const checksum = 'ab'.repeat(32);
const lockfile = `${lockfileText(lockedApp('thing'))}\n[[package]]\nname = "thing"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${checksum}"\n`;
const thing =
  '[package]\nname = "thing"\nversion = "1.0.0"\nedition = "2021"\n[features]\ndefault = ["a"]\na = []\n[dev-dependencies]\nother = "1"\n';
const app = {
  'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nthing = "1"\n',
  'Cargo.lock': lockfile,
  'src/main.rs': '',
};

/** What is built offline, with nothing in cargo's home. */
async function built(files: Readonly<Record<string, string>>) {
  const project = await openProject({
    files: memoryFiles({
      root: '/project',
      texts: new Map(Object.entries({ ...app, ...files })),
      others: [],
    }),
    manifestPath: '/project/Cargo.toml',
    cargoHome: '/nowhere/cargo',
    crates: { cache: undefined, remote: undefined },
  });
  const { packages } = project.resolve({ target: linux, host: linux, selection: selectionOf({}) });
  const found = packages.find(({ name }) => name === 'thing');
  return found?.opaque ?? `${found?.features.join(' ')}${found?.buildScript ? ', build script' : ''}`;
}

const source = '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "third/party"\n';
const copy = (folder: string, sum = checksum) => ({
  [`${folder}/Cargo.toml`]: thing,
  [`${folder}/src/lib.rs`]: '',
  [`${folder}/build.rs`]: '',
  [`${folder}/.cargo-checksum.json`]: JSON.stringify({ files: {}, package: sum }),
});

describe('packages that lie in the project', () => {
  const table: [what: string, expected: string, files: Record<string, string>][] = [
    ['none', 'its archive is not on this machine', {}],
    [
      'a directory source',
      'a default, build script',
      { '.cargo/config.toml': source, ...copy('third/party/thing') },
    ],
    [
      'a directory source in a folder of any name',
      'a default, build script',
      { '.cargo/config.toml': source, ...copy('third/party/x') },
    ],
    [
      'a copy of another archive',
      'its archive is not on this machine',
      { '.cargo/config.toml': source, ...copy('third/party/thing', 'cd'.repeat(32)) },
    ],
    ['a folder that no source names', 'its archive is not on this machine', { ...copy('third/party/thing') }],
    [
      'a folder of `paths`',
      'a default, build script',
      { '.cargo/config.toml': 'paths = ["mine"]\n', ...copy('mine/deep/thing', 'cd'.repeat(32)) },
    ],
  ];
  for (const [what, expected, files] of table) {
    it(what, async () => assert.equal(await built(files), expected));
  }
});
