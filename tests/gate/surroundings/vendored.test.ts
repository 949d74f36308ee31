import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseLockfile } from '../../../src/cargo/lockfile.ts';
import { diskTree } from '../../../src/gate/surroundings/disk-tree.ts';
import { judgeAround } from '../../../src/gate/surroundings/judge.ts';
import { readSide, readSurroundings, vendoredFolders } from '../../../src/gate/surroundings/read-side.ts';
import { checkVendored } from '../../../src/gate/surroundings/vendored.ts';
import { loadPolicy } from '../../../src/policy/policy.ts';
import { type CargoProject, cargoProject } from '../../support/cargo.ts';
import { makeCrate } from '../../support/crate.ts';
import { tempDir } from '../../support/temp.ts';
import { startUpstream } from '../../support/upstream.ts';

/** What `cargo vendor` leaves out, and what it might. */
const odd = {
  '.gitignore': 'x',
  '.gitattributes': 'x',
  'sub/.gitignore': 'x',
  '.hidden': 'x',
  '.cargo/config.toml': '[build]\nrustc-wrapper = "x"\n',
  'x.orig': 'x',
  'Cargo.lock': 'version = 4\n',
  'target/x': 'x',
  Makefile: 'all:\n\tcargo build\n',
};
const crates = [
  makeCrate({ name: 'word', version: '1.0.0', files: odd }),
  makeCrate({ name: 'word', version: '2.0.0', buildScript: 'fn main() {}' }),
];
const archives = new Map(crates.map(({ checksum, bytes }) => [checksum, bytes]));
const policy = loadPolicy({ file: 'safeguard.toml', text: '' });
const now = Date.parse('2026-08-20T12:00:00Z');

/** A project whose crates the real cargo has vendored. */
async function vendoredProject(t: TestContext): Promise<CargoProject> {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  for (const crate of crates) upstream.publish(crate);
  const registryUrl = `sparse+${upstream.indexUrl.replace(/^sparse\+/, '')}`;
  const dependencies = { word: '1', newer: { package: 'word', version: '2' } };
  const project = cargoProject({ dependencies, registryUrl }, t);
  const { code, stdout, stderr } = await project.run(['vendor', '--respect-source-config', 'third/party']);
  assert.equal(code, 0, stderr);
  // What cargo says to put there.
  writeFileSync(join(project.dir, '.cargo/config.toml'), stdout);
  return project;
}

async function check({ dir, lockfile }: CargoProject, known = archives) {
  const tree = diskTree(dir);
  const all = await tree.list();
  const [folder = ''] = vendoredFolders(await readSide(tree));
  assert.equal(folder, 'third/party');
  return checkVendored(folder, all, parseLockfile(await lockfile()), {
    read: tree.read,
    archive: async ({ checksum }) => known.get(checksum),
  });
}

describe('a folder that cargo vendored', () => {
  it('is what its archives are, until somebody changes it', async (t) => {
    const project = await vendoredProject(t);
    const at = (path: string) => join(project.dir, 'third/party', path);
    assert.deepEqual(await check(project), []);

    // Cargo trusts the list beside the files: it builds this.
    const source = readFileSync(at('word/src/lib.rs'), 'utf8');
    writeFileSync(at('word/src/lib.rs'), `${source}// more\n`);
    writeFileSync(at('word/more.rs'), '');
    rmSync(at('word/build.rs'));
    rmSync(at('word-1.0.0/Cargo.toml.orig'));
    writeFileSync(at('word/.cargo-checksum.json'), '{"files":{},"package":null}');
    const [copy, ...others] = await check(project);
    assert.deepEqual(others, []);
    assert.deepEqual(copy?.fact, {
      folder: 'third/party/word',
      differences: [
        { how: 'missing', file: 'third/party/word/build.rs' },
        { how: 'added', file: 'third/party/word/more.rs' },
        { how: 'changed', file: 'third/party/word/src/lib.rs', line: source.split('\n').length },
      ],
    });
    const around = { items: new Map(), isChange: true, copies: [{ ...copy, isOld: false }] };
    const findings = judgeAround(policy, around, now).changes.flatMap((change) => change.findings);
    assert.deepEqual(
      findings.map(({ rule, effect, crate, version }) => [rule, effect, crate, version]),
      [1, 2, 3].map(() => ['vendored', 'deny', 'word', '2.0.0']),
    );
  });

  it('is what an older cargo made of them', async (t) => {
    const project = await vendoredProject(t);
    const at = (path: string) => join(project.dir, 'third/party/word-1.0.0', path);
    const list = JSON.parse(readFileSync(at('.cargo-checksum.json'), 'utf8'));
    const left = ['.hidden', '.cargo/config.toml', 'x.orig', 'Cargo.lock'];
    for (const path of left) rmSync(at(path));
    const differences = async () =>
      (await check(project)).flatMap(({ fact }) => fact.differences.map(({ file }) => file));
    assert.equal((await differences()).length, left.length, 'the list names them');
    for (const path of left) delete list.files[path];
    writeFileSync(at('.cargo-checksum.json'), JSON.stringify(list));
    assert.deepEqual(await differences(), []);
    // What no cargo leaves out is missing all the same.
    rmSync(at('Makefile'));
    delete list.files.Makefile;
    writeFileSync(at('.cargo-checksum.json'), JSON.stringify(list));
    assert.deepEqual(await differences(), ['third/party/word-1.0.0/Makefile']);
  });

  it('is told where it cannot be compared', async (t) => {
    const project = await vendoredProject(t);
    const [first, second] = crates;
    const wrong = new Map([[first?.checksum ?? '', second?.bytes ?? Buffer.alloc(0)]]);
    mkdirSync(join(project.dir, 'third/party/other'));
    writeFileSync(join(project.dir, 'third/party/other/x'), '');
    const found = await check(project, wrong);
    assert.deepEqual(
      found.map(({ crate, version, fact }) => [crate, version, fact.unchecked]),
      [
        ['word', '1.0.0', 'the archive that came is not the one that the lockfile names'],
        ['word', '2.0.0', 'its archive is not to be had'],
        ['other', '', 'the lockfile does not have this release'],
      ],
    );
    rmSync(join(project.dir, 'third/party/word-1.0.0'), { recursive: true });
    const [gone] = await check(project);
    assert.deepEqual(gone?.fact.differences, [{ how: 'missing', file: 'third/party/word' }]);
  });

  it('is none of the project’s own surroundings', async (t) => {
    const project = await vendoredProject(t);
    const found = await readSurroundings(undefined, diskTree(project.dir));
    assert.deepEqual([...found.keys()], ['.cargo/config.toml']);
    const [change] = judgeAround(policy, { items: found, isChange: true, copies: [] }, now).changes;
    assert.equal(change?.kind, 'config');
    assert.deepEqual(change?.span, { file: '.cargo/config.toml', line: 5, column: 1 });
    assert.match(
      change?.findings[0]?.message ?? '',
      /directory `"third\/party"`; cargo takes its crates from this directory/,
    );
  });
});

describe('a work tree', () => {
  it('does not lead out of itself', async (t) => {
    const root = tempDir(t);
    const outside = tempDir(t);
    writeFileSync(join(outside, 'config.toml'), 'build.rustc = "x"');
    symlinkSync(outside, join(root, '.cargo'));
    symlinkSync(join(outside, 'config.toml'), join(root, 'rust-toolchain'));
    mkdirSync(join(root, 'target'));
    writeFileSync(join(root, 'target/CACHEDIR.TAG'), '');
    writeFileSync(join(root, 'target/Makefile'), 'x:\n\tcargo build\n');
    const found = await readSurroundings(undefined, diskTree(root));
    assert.deepEqual(
      [...found.values()].flat().map(({ kind, file }) => [kind, file]),
      [
        ['unreadable', '.cargo/config.toml'],
        ['unreadable', 'rust-toolchain'],
      ],
    );
    const [change] = judgeAround(policy, { items: found, isChange: true, copies: [] }, now).changes;
    assert.deepEqual(
      change?.findings.map(({ effect, crate }) => [effect, crate]),
      [['review', '']],
    );
  });

  it('a waiver names the file', async (t) => {
    const root = tempDir(t);
    mkdirSync(join(root, '.cargo'));
    writeFileSync(join(root, '.cargo/config.toml'), 'build.rustc-wrapper = "sccache"');
    const waiver =
      '[[waiver]]\nrule = "build-settings"\ncrate = ".cargo/config.toml"\nreason = "a cache"\nby = "ops"\nexpires = "2026-09-01"\n';
    const found = await readSurroundings(
      { list: async () => [], read: async () => undefined },
      diskTree(root),
    );
    const around = { items: found, isChange: true, copies: [] };
    const waived = judgeAround(loadPolicy({ file: 'p', text: waiver }), around, now).changes;
    assert.deepEqual(
      waived.flatMap(({ findings }) => findings.map((finding) => finding.waived?.by)),
      ['ops'],
    );
  });
});
