/** Projects whose releases come from a local registry, as cargo builds them and as they are told with nothing else at hand. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { safeguard } from '../../cli/support.ts';
import { cargoProject } from '../../support/cargo.ts';
import { makeCrate } from '../../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../../support/lockfile.ts';
import { builtByCargo, builtByUs, type Shelf, writeShelf } from './shelf.ts';

const extra = makeCrate({ name: 'extra', version: '0.3.0+meta', buildScript: 'fn main() {}' });
const thing = makeCrate({
  name: 'thing',
  version: '1.0.0',
  dependencies: { extra: { version: '0.3', optional: true } },
  features: { default: ['more'], more: ['dep:extra'], other: [] },
});
const newer = makeCrate({ name: 'thing', version: '1.1.0' });

const own = '[source.crates-io]\nreplace-with = "l"\n';
const local = '[source.l]\nlocal-registry = "shelf"\n';
const all: Shelf = {};

/** A configuration, what its registry has, and whether cargo builds from it. */
const table: readonly [what: string, config: string, shelf: Shelf, outcome: 'built' | 'refused'][] = [
  ['a local registry', own + local, all, 'built'],
  [
    'a source that is replaced by one that is replaced',
    '[source.crates-io]\nreplace-with = "a"\n[source.a]\nreplace-with = "b"\nregistry = "https://a.invalid"\n[source.b]\ndirectory = "b"\nreplace-with = "l"\n' +
      local,
    all,
    'built',
  ],
  [
    'a source that says a folder, and is replaced',
    `[source.crates-io]\nreplace-with = "a"\n[source.a]\ndirectory = "none"\nreplace-with = "l"\n${local}`,
    all,
    'built',
  ],
  [
    'a source between that says no place',
    `[source.crates-io]\nreplace-with = "a"\n[source.a]\nreplace-with = "l"\n${local}`,
    all,
    'refused',
  ],
  ['crates.io itself in another place', '[source.crates-io]\nlocal-registry = "shelf"\n', all, 'built'],
  ['a folder by its whole path', `${own}[source.l]\nlocal-registry = "@/shelf"\n`, all, 'built'],
  [
    'a circle',
    '[source.crates-io]\nreplace-with = "a"\n[source.a]\nreplace-with = "crates-io"\n',
    all,
    'refused',
  ],
  ['more releases than are locked', own + local, { lines: [newer, thing, extra] }, 'built'],
  ['no line of the release', own + local, { lines: [newer, extra] }, 'refused'],
  ['no index', own + local, { lines: [] }, 'refused'],
  ['no archive', own + local, { archives: [[thing]] }, 'refused'],
  ['an archive of other bytes', own + local, { archives: [[thing, newer.bytes], [extra]] }, 'refused'],
];

const lockfile = lockfileText(
  lockedApp('thing'),
  { ...lockedCrate(thing), dependencies: ['extra'] },
  lockedCrate(extra),
);

describe('releases in a local registry', () => {
  for (const [what, config, shelf, outcome] of table) {
    it(what, async (t) => {
      const project = cargoProject({ name: 'app', dependencies: { thing: '1' }, lockfile }, t);
      writeShelf(join(project.dir, 'shelf'), [thing, extra], shelf);
      project.write('.cargo/config.toml', config.replace('@', project.dir));
      const found = await builtByUs(project.dir);
      const byCargo = await builtByCargo(project);
      assert.equal(byCargo.startsWith('refused') ? 'refused' : 'built', outcome, byCargo);
      assert.equal(found, byCargo.split(':')[0]);
    });
  }
});

describe('safeguard review', () => {
  it('shows what is in a local registry, with nothing else at hand', async (t) => {
    const { dir } = cargoProject({ name: 'app', dependencies: { thing: '1' }, lockfile }, t);
    const show = () =>
      safeguard(['review', 'extra@0.3.0+meta', '--offline'], {
        cwd: dir,
        env: { CARGO_HOME: join(dir, 'no-home') },
      });
    writeShelf(join(dir, 'shelf'), [thing, extra]);
    const without = await show();
    assert.match(without.stderr, /the archive of extra 0\.3\.0\+meta is not on this machine/);
    writeFileSync(join(dir, '.cargo/config.toml'), own + local);
    const { code, stdout, stderr } = await show();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /build\.rs/);
  });
});
