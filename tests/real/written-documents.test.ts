/**
 * Documents as syft, cargo-sbom and cargo-cyclonedx write them of a real project and its program, added to the
 * inventory: each crate is there once, from where the lockfile has it, and needs what it needs; what a document leaves
 * out has a row in docs/inventory.md.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parseLockfile } from '../../src/cargo/lockfile.ts';
import { readArtefacts } from '../../src/cli/inventory/read-artefact.ts';
import { identify } from '../../src/inventory/component.ts';
import type { ArtefactStatement } from '../../src/inventory/statement.ts';
import { artefactReportSchema } from '../../src/server/artefact-contract.ts';
import { folder, safeguard } from '../cli/support.ts';
import { cargoPeer, goPeer, PeerMissing, peer } from '../support/peers.ts';
import { startScene } from '../support/scene.ts';
import { tempDir } from '../support/temp.ts';

const run = promisify(execFile);
/** These are small. */
const nothingInParts = () => Promise.reject(new Error('nothing is sent in parts'));

const manifest = (name: string, version: string, rest: string) =>
  `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n${rest}`;

interface Project {
  readonly dir: string;
  /** `name version` of each package of the lockfile, with the identity that it has. */
  readonly identities: ReadonlyMap<string, string>;
  readonly commit: string;
}

/**
 * A workspace of two packages with two versions of a crate, one of a repository, build and development dependencies,
 * one for another system and one that is off.
 */
async function lay(): Promise<Project> {
  const dir = join(tempDir(), 'project');
  const files = folderOf(dir, {
    'repository/Cargo.toml': manifest('gitdep', '0.3.0', '[dependencies]\nitoa = "1"\n'),
    'repository/src/lib.rs': 'pub fn one() -> u8 { 1 }\n',
    'ws/Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["app", "shared"]\n',
    'ws/app/Cargo.toml': manifest(
      'app',
      '1.2.3',
      `[dependencies]
shared = { path = "../shared" }
gitdep = { git = "file://${dir}/repository" }
old = { package = "bitflags", version = "1" }
bitflags = "2"
zstd-sys = { version = "2", optional = true }
[target.'cfg(windows)'.dependencies]
winapi-util = "0.1"
[build-dependencies]
autocfg = "1"
[dev-dependencies]
memchr = "2"
`,
    ),
    'ws/app/src/main.rs': 'fn main() { println!("{}{}", shared::S, gitdep::one()); }\n',
    'ws/app/build.rs': 'fn main() {}\n',
    'ws/shared/Cargo.toml': manifest('shared', '0.1.0', '[dependencies]\ncfg-if = "1"\n'),
    'ws/shared/src/lib.rs': 'pub const S: &str = "s";\n',
  });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: join(files, 'repository'),
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  await run('cargo', ['generate-lockfile'], { cwd: join(dir, 'ws') });
  const { packages } = parseLockfile(readFileSync(join(dir, 'ws/Cargo.lock'), 'utf8'));
  const commit = git('rev-parse', 'HEAD');
  const identities = new Map(
    packages.map(({ name, version, source }) => {
      const purl = `pkg:cargo/${name}@${version.replaceAll('+', '%2B')}`;
      const from =
        source?.kind === 'git' ? `${purl}?vcs_url=git%2Bfile://${dir}/repository%40${commit}` : purl;
      return [`${name} ${version}`, source === undefined ? `local:${name}@${version}` : from];
    }),
  );
  return { dir: join(dir, 'ws'), identities, commit };
}

function folderOf(dir: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

/** What a statement says: `identity` and `identity → identity`, sorted. */
function graphOf({ components }: ArtefactStatement) {
  const names = components.map((one) => identify(one).identity);
  const edges = components.flatMap(({ uses = [] }, i) => uses.map((use) => `${names[i]} → ${names[use]}`));
  return { crates: [...new Set(names)].sort(), edges: [...new Set(edges)].sort() };
}

interface Graph {
  /** `name version` */
  readonly crates: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

interface Raw {
  readonly name?: string;
  readonly version?: string;
  readonly 'bom-ref'?: string;
  readonly components?: readonly Raw[];
}

/** CycloneDX in JSON as it is written, read by nothing of ours. */
function rawCyclonedx(path: string): Graph {
  const root = JSON.parse(readFileSync(path, 'utf8'));
  const all = new Map<string, string>();
  const visit = (one: Raw) => {
    if (one.version !== undefined) all.set(one['bom-ref'] ?? '', `${one.name} ${one.version}`);
    one.components?.forEach(visit);
  };
  visit(root.metadata.component);
  root.components.forEach(visit);
  const edges = root.dependencies.flatMap(({ ref, dependsOn = [] }: { ref: string; dependsOn?: string[] }) =>
    dependsOn.map((to) => [all.get(ref), all.get(to)]),
  );
  return { crates: [...new Set(all.values())], edges };
}

/** SPDX in JSON, so far as it has edges of dependencies. */
function rawSpdx(path: string): Graph {
  const root = JSON.parse(readFileSync(path, 'utf8')) as {
    packages: { SPDXID: string; name: string; versionInfo: string }[];
    relationships: { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[];
  };
  const all = new Map(root.packages.map((one) => [one.SPDXID, `${one.name} ${one.versionInfo}`]));
  const edges = root.relationships.flatMap(
    ({ spdxElementId: one, relationshipType, relatedSpdxElement: other }) =>
      relationshipType === 'DEPENDS_ON' ? [[all.get(one) ?? '', all.get(other) ?? ''] as const] : [],
  );
  return { crates: [...all.values()], edges };
}

/** syft's own list, in its own format. */
function rawSyft(path: string): Graph {
  const root = JSON.parse(readFileSync(path, 'utf8')) as {
    artifacts: { id: string; name: string; version: string; type: string }[];
    artifactRelationships: { parent: string; child: string; type: string }[];
  };
  const crates = root.artifacts.filter(({ type }) => type === 'rust-crate');
  const all = new Map(crates.map((one) => [one.id, `${one.name} ${one.version}`]));
  const edges = root.artifactRelationships.flatMap(({ parent, child, type }) =>
    type === 'dependency-of' ? [[all.get(child) ?? '', all.get(parent) ?? ''] as const] : [],
  );
  return { crates: [...all.values()], edges };
}

describe('documents of a real project', { timeout: 30 * 60_000 }, () => {
  let project: Project;
  let documents: string;

  before(async () => {
    project = await lay();
    documents = join(tempDir(), 'documents');
    mkdirSync(documents);
  });

  /** The tool's own list, with each crate from where the lockfile has it, but for what the document leaves out (`odd`). */
  const expected = ({ crates, edges }: Graph, odd: Readonly<Record<string, string>> = {}) => {
    const identity = (crate: string) => {
      const found = odd[crate] ?? project.identities.get(crate);
      assert.ok(found !== undefined, `${crate} is in no lockfile`);
      return found;
    };
    return {
      crates: [...new Set(crates.map(identity))].sort(),
      edges: [...new Set(edges.map(([from, to]) => `${identity(from)} → ${identity(to)}`))].sort(),
    };
  };
  const statementAt = async (path: string) => {
    const [statement, ...others] = await readArtefacts(path, {}, nothingInParts);
    assert.ok(statement !== undefined && others.length === 0);
    return statement;
  };
  /** Adds a document, and sees that the inventory has of it what it says. */
  async function added(t: TestContext, path: string): Promise<void> {
    const { mirror } = await startScene(t);
    const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
    const ask = (...args: string[]) => safeguard([...args, '--format', 'json'], { cwd: folder(t), env });
    const ran = await ask('inventory', 'add', path);
    assert.equal(ran.code, 0, ran.stderr);
    const [{ artefact }] = JSON.parse(ran.stdout).added;
    const shown = await ask('inventory', 'show', artefact.id, '--limit', '1000');
    const { components } = artefactReportSchema.parse(JSON.parse(shown.stdout));
    assert.deepEqual(components.map((one) => one.component).sort(), graphOf(await statementAt(path)).crates);
    // The way in is known: from the project's own packages.
    assert.ok(components.some((one) => one.component === 'local:app@1.2.3' && one.relation === 'own'));
    assert.ok(components.some((one) => one.name === 'itoa' && one.relation === 'transitive'));
  }

  describe('by syft', () => {
    const formats = {
      'cyclonedx-json@1.4': 'syft.1.4.cdx.json',
      'cyclonedx-json@1.6': 'syft.1.6.cdx.json',
      'cyclonedx-json': 'syft.cdx.json',
      'cyclonedx-xml@1.2': 'syft.1.2.cdx.xml',
      'cyclonedx-xml': 'syft.cdx.xml',
      'spdx-json@2.2': 'syft.2.2.spdx.json',
      'spdx-json': 'syft.spdx.json',
      'spdx-tag-value': 'syft.spdx',
      'syft-json': 'syft.json',
    };
    async function scan(what: string, into: string): Promise<(file: string) => string> {
      const syft = await goPeer('github.com/anchore/syft/cmd/syft', 'v1.57.0');
      const place = join(documents, into);
      mkdirSync(place);
      const outputs = Object.entries(formats).flatMap(([format, file]) => [
        '--output',
        `${format}=${join(place, file)}`,
      ]);
      const env = { ...process.env, SYFT_CHECK_FOR_APP_UPDATE: 'false' };
      await run(syft, ['scan', what, '--quiet', ...outputs], { env, maxBuffer: 1 << 26 });
      return (file) => join(place, file);
    }
    const read = Object.values(formats).filter((file) => file !== 'syft.json');

    for (const [what, of, into] of [
      ['a folder', 'dir:', 'folder'],
      ['a lockfile', 'file:', 'lockfile'],
    ] as const)
      it(`about ${what}, in each of its formats`, async (t) => {
        let at: (file: string) => string;
        try {
          at = await scan(of + (of === 'dir:' ? project.dir : join(project.dir, 'Cargo.lock')), into);
        } catch (error) {
          if (!(error instanceof PeerMissing)) throw error;
          return t.skip(error.message);
        }
        const own = rawSyft(at('syft.json'));
        assert.equal(own.crates.length, project.identities.size);
        for (const file of read) {
          // Its SPDX, and CycloneDX without external references, do not say that a crate is of a repository.
          const odd: Readonly<Record<string, string>> = file.includes('spdx')
            ? { 'gitdep 0.3.0': 'pkg:cargo/gitdep@0.3.0' }
            : {};
          assert.deepEqual(graphOf(await statementAt(at(file))), expected(own, odd), file);
        }
        await added(t, at('syft.cdx.json'));
        await added(t, at('syft.spdx'));
      });

    it('about a program, which its list corrects', async (t) => {
      let at: (file: string) => string;
      const auditable = await cargoPeer('cargo-auditable', '0.7.7', []);
      await run('nice', [auditable, 'auditable', 'build', '--quiet', '--bin', 'app'], {
        cwd: project.dir,
        env: { ...process.env, CARGO_PROFILE_DEV_DEBUG: '0' },
      });
      const program = join(project.dir, 'target/debug/app');
      try {
        at = await scan(`file:${program}`, 'program');
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        return t.skip(error.message);
      }
      const own = rawSyft(at('syft.json'));
      const odd = Object.fromEntries(
        own.crates.map((crate) => [crate, `pkg:cargo/${crate.replace(' ', '@').replaceAll('+', '%2B')}`]),
      );
      for (const file of read) {
        const statement = await statementAt(at(file));
        assert.deepEqual(graphOf(statement), expected(own, odd), file);
        const both = join(documents, `beside-${file}`);
        mkdirSync(both);
        copyFileSync(program, join(both, 'app'));
        copyFileSync(at(file), join(both, file));
        const statements = await readArtefacts(both, {}, nothingInParts);
        assert.equal(statements.length, 2, file);
        assert.equal(new Set(statements.map((one) => one.file?.sha256)).size, 1, file);
        const listed = { 'gitdep 0.3.0': 'git:gitdep@0.3.0' };
        for (const one of statements.filter(({ components }) => components[0]?.method === 'document'))
          assert.deepEqual(graphOf(one), expected(own, listed), file);
      }
    });
  });

  it('by cargo-sbom', async (t) => {
    const program = await cargoPeer('cargo-sbom', '0.10.0', []);
    for (const [format, file] of [
      ['cyclone_dx_json_1_4', 'cargo-sbom.1.4.cdx.json'],
      ['cyclone_dx_json_1_6', 'cargo-sbom.1.6.cdx.json'],
      ['spdx_json_2_3', 'cargo-sbom.spdx.json'],
    ] as const) {
      const words = ['sbom', '--project-directory', project.dir, '--output-format', format];
      const { stdout } = await run(program, words, { maxBuffer: 1 << 26 });
      const path = join(documents, file);
      writeFileSync(path, stdout);
      const isSpdx = format.startsWith('spdx');
      // A crate of a repository has no purl in its CycloneDX, and nothing else that says where it is from.
      const odd: Readonly<Record<string, string>> = isSpdx ? {} : { 'gitdep 0.3.0': 'local:gitdep@0.3.0' };
      const raw = isSpdx ? rawSpdx(path) : rawCyclonedx(path);
      assert.deepEqual(graphOf(await statementAt(path)), expected(raw, odd), file);
      await added(t, path);
    }
  });

  it('by cargo-cyclonedx', async (t) => {
    const program = await peer('cargo-cyclonedx', '0.5.9');
    const json = join(project.dir, 'app/one.json');
    for (const [version, format] of [
      ['1.3', 'json'],
      ['1.3', 'xml'],
      ['1.4', 'xml'],
      ['1.5', 'json'],
      ['1.5', 'xml'],
    ] as const) {
      const words = [
        'cyclonedx',
        '--format',
        format,
        '--spec-version',
        version,
        '--override-filename',
        'one',
      ];
      await run(program, words, { cwd: project.dir });
      const path = join(project.dir, `app/one.${format}`);
      const statement = await statementAt(path);
      if (format === 'json') {
        // Of the project's own package it has the programs too.
        const raw = rawCyclonedx(path);
        assert.deepEqual(graphOf(statement), expected(raw), version);
        assert.ok(raw.edges.length > 5);
        await added(t, path);
      } else assert.deepEqual(graphOf(statement), graphOf(await statementAt(json)), version);
      const { components, target, roots = [] } = statement;
      const host = execFileSync('rustc', ['-vV'], { encoding: 'utf8' });
      assert.equal(target, /^host: (.*)$/m.exec(host)?.[1]);
      assert.deepEqual([...new Set(roots.map((root) => components[root]?.name))], ['app']);
      assert.equal(components.find(({ name }) => name === 'autocfg')?.scope, 'build');
    }
    const words = ['cyclonedx', '--format', 'json', '--describe', 'binaries'];
    await run(program, words, { cwd: project.dir });
    const path = join(project.dir, 'app/app_bin.cdx.json');
    assert.deepEqual(graphOf(await statementAt(path)), expected(rawCyclonedx(path)));
    await added(t, path);
  });
});
