/** Projects whose releases come from a local registry, as cargo builds them and as they are told with nothing else at hand. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { indexPath } from '../../../src/cargo/index-path.ts';
import { GateError } from '../../../src/gate/error.ts';
import { diskFiles } from '../../../src/gate/project/files.ts';
import { openProject } from '../../../src/gate/project/resolve.ts';
import { safeguard } from '../../cli/support.ts';
import { cargoProject } from '../../support/cargo.ts';
import { type Crate, makeCrate } from '../../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../../support/lockfile.ts';
import { linux, selectionOf } from '../project.ts';

const extra = makeCrate({ name: 'extra', version: '0.3.0+meta', buildScript: 'fn main() {}' });
const thing = makeCrate({
  name: 'thing',
  version: '1.0.0',
  dependencies: { extra: { version: '0.3', optional: true } },
  features: { default: ['more'], more: ['dep:extra'], other: [] },
});
const newer = makeCrate({ name: 'thing', version: '1.1.0' });

interface Shelf {
  readonly folder?: string;
  readonly lines?: readonly Crate[];
  readonly archives?: readonly (readonly [crate: Crate, bytes?: Buffer])[];
}

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

function write(dir: string, { lines = [thing, extra], archives = [[thing], [extra]] }: Shelf): void {
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  };
  mkdirSync(dir);
  for (const [name, ofName] of Map.groupBy(lines, (crate) => crate.name))
    put(`index/${indexPath(name)}`, `${ofName.map((each) => JSON.stringify(each.indexEntry)).join('\n')}\n`);
  for (const [{ name, version, bytes }, others = bytes] of archives) put(`${name}-${version}.crate`, others);
}

/** What is built of the releases, with nothing in cargo's home and nobody to ask; `refused` where it is not known. */
async function told(dir: string): Promise<string> {
  try {
    const project = await openProject({
      files: diskFiles,
      manifestPath: join(dir, 'Cargo.toml'),
      cargoHome: join(dir, 'no-home'),
      crates: { cache: undefined, remote: undefined },
    });
    const { packages } = project.resolve({ target: linux, host: linux, selection: selectionOf({}) });
    const releases = packages.filter(({ source }) => source !== undefined);
    if (releases.some(({ opaque, unread }) => (opaque ?? unread) !== undefined)) return 'refused';
    return releases.map(({ name, features }) => `${name} ${[...features].sort().join(' ')}`).join(', ');
  } catch (error) {
    if (error instanceof GateError) return 'refused';
    throw error;
  }
}

describe('releases in a local registry', () => {
  for (const [what, config, shelf, outcome] of table) {
    it(what, async (t) => {
      const project = cargoProject({ name: 'app', dependencies: { thing: '1' }, lockfile }, t);
      write(join(project.dir, 'shelf'), shelf);
      project.write('.cargo/config.toml', config.replace('@', project.dir));
      const found = await told(project.dir);
      const { code, stdout, stderr } = await project.run([
        ...['metadata', '--locked', '--offline', '--format-version', '1', '--filter-platform', linux],
      ]);
      assert.equal(code === 0 ? 'built' : 'refused', outcome, stderr);
      if (code !== 0) return assert.equal(found, 'refused');
      const { nodes } = (JSON.parse(stdout) as Metadata).resolve;
      const byCargo = nodes.flatMap(({ id, features }) => {
        const name = /#(.*)@/.exec(id)?.[1] ?? '';
        return name === 'app' || !id.startsWith('registry')
          ? []
          : [`${name} ${[...features].sort().join(' ')}`];
      });
      assert.deepEqual(found.split(', ').sort(), byCargo.sort());
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
    write(join(dir, 'shelf'), all);
    const without = await show();
    assert.match(without.stderr, /the archive of extra 0\.3\.0\+meta is not on this machine/);
    writeFileSync(join(dir, '.cargo/config.toml'), own + local);
    const { code, stdout, stderr } = await show();
    assert.equal(code, 0, stderr);
    assert.match(stdout, /build\.rs/);
  });
});

interface Metadata {
  readonly resolve: {
    readonly nodes: readonly { readonly id: string; readonly features: readonly string[] }[];
  };
}
