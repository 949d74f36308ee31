/** What packages need of `std` whose source lies in folders: cargo's checkouts of git repositories, and the project's own. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { replacementsOf } from '../../../src/gate/graphs/delta.ts';
import { embeddedGraphs } from '../../../src/gate/graphs/embedded.ts';
import { readSides } from '../../../src/gate/graphs/sides.ts';
import { diskFiles } from '../../../src/gate/project/files.ts';
import type { NoStdSettings } from '../../../src/policy/rules/no-std.ts';
import { tempDir } from '../../support/temp.ts';

const thumb = 'thumbv7em-none-eabihf';
const commit = 'abcdef0123456789abcdef0123456789abcdef01';
const source = `git+https://git.example/radio?rev=${commit}#${commit}`;
const settings: NoStdSettings = {
  targets: [],
  crates: [],
  std: 'review',
  world: 'review',
  unknown: 'review',
};

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const project = {
  'Cargo.toml': `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nradio = { git = "https://git.example/radio", rev = "${commit}", features = ["full"] }\n`,
  'src/main.rs': '#![no_std]\n',
  'Cargo.lock': `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [\n "radio",\n]\n\n[[package]]\nname = "radio"\nversion = "1.0.0"\nsource = "${source}"\n`,
};

async function buildsOf(folder: string, cargoHome: string) {
  const sides = await readSides({
    manifestPath: join(folder, 'Cargo.toml'),
    lockfile: join(folder, 'Cargo.lock'),
    files: diskFiles,
    before: undefined,
    targets: [thumb],
    host: 'x86_64-unknown-linux-gnu',
    hosts: ['x86_64-unknown-linux-gnu'],
    environments: [],
    cargoHome,
    cache: undefined,
    remote: undefined,
    told: undefined,
    nameOf: (path) => path.slice(folder.length + 1),
  });
  const graphs = embeddedGraphs(sides, settings, replacementsOf([]));
  const builds = graphs.builds({ name: 'radio', version: '1.0.0', source }, () => undefined);
  return { wanted: graphs.packages, builds };
}

describe('builds without the standard library', () => {
  it('read a package of a git repository from the checkout of cargo', async (t) => {
    const [folder, cargoHome] = [tempDir(t), tempDir(t)];
    write(folder, project);
    write(join(cargoHome, 'git/checkouts/radio-0000/abcdef0/deep'), {
      'Cargo.toml':
        '[package]\nname = "radio"\nversion = "1.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[features]\nfull = []\n',
      'lib.rs': '#![no_std]\n#[cfg(feature = "full")]\nextern crate std;\n',
    });
    const { wanted, builds } = await buildsOf(folder, cargoHome);
    assert.deepEqual(wanted, [], 'no registry is asked for it');
    assert.deepEqual(builds, [
      {
        target: thumb,
        now: 'std',
        place: { file: 'lib.rs', line: 3 },
        feature: 'full',
        blame: {
          by: 'app',
          asks: 'full',
          chain: 'radio/full ← app',
          edit: { file: 'Cargo.toml', line: 6, dependency: 'radio', asks: 'full' },
        },
        path: 'app → radio',
      },
    ]);
  });

  it('say that it is not known without one', async (t) => {
    const [folder, cargoHome] = [tempDir(t), tempDir(t)];
    write(folder, project);
    const { wanted, builds } = await buildsOf(folder, cargoHome);
    assert.deepEqual(wanted, []);
    assert.deepEqual(
      builds.map(({ now, reason }) => [now, reason]),
      [['unknown', 'the commit of its repository is not on this machine']],
    );
  });
});
