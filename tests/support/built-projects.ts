/**
 * Real projects in a sealed build, and their programs held against others: crates against cargo's unit graph and
 * whoever reads the list inside of a program, libraries against `readelf`, pkg-config and the sources that a crate
 * carries.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { folder, run, safeguard } from '../cli/support.ts';
import { type BuiltDocument, cratesIn, librariesIn, neededBy, valuesOf } from './built-document.ts';
import { corpusFolder } from './corpus.ts';
import { PeerMissing } from './peers.ts';
import { byCargoAudit, byRustAuditInfo, bySyft, type Crates, cratesOfPrograms } from './program-crates.ts';
import { triple } from './sealed.ts';

export interface Project {
  readonly what: string;
  /** A release of an application, or whose lockfile a workspace of `files` takes. */
  readonly name: string;
  readonly version: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Words of cargo's, that say what is built. */
  readonly words: readonly string[];
  readonly programs: Readonly<Record<string, Libraries>>;
}

export interface Libraries {
  /** Names of pkg-config's, for what the loader brings of the system beside the C library. */
  readonly modules: readonly string[];
  /** With their versions, what crates compiled from sources of their own. */
  readonly compiled: readonly string[];
}

/** Of the C library and its parts alone. */
export const none: Libraries = { modules: [], compiled: [] };

/** Of whoever runs this: what is fetched once is there for the next time. */
const shared = process.env.CARGO_HOME ?? join(homedir(), '.cargo');

/** The project's folder, beside a home; with a lockfile whose versions are those that the release has. */
async function lay(t: TestContext, { name, version, files }: Project): Promise<string> {
  const dir = join(folder(t, { 'home/nothing': '' }), 'project');
  const release = await corpusFolder({ name, version });
  if (files === undefined) {
    cpSync(release, dir, { recursive: true });
    return dir;
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  copyFileSync(join(release, 'Cargo.lock'), join(dir, 'Cargo.lock'));
  return dir;
}

/** What agreed, in words for a table. */
export interface Agreed {
  readonly program: string;
  readonly crates: number;
  readonly libraries: readonly string[];
  /** What cargo compiled, as the build says it. */
  readonly compiled: string;
}

/** Builds a project sealed off, and holds each of its programs against the others. Throws where they differ. */
export async function checkProject(t: TestContext, project: Project): Promise<readonly Agreed[]> {
  const dir = await lay(t, project);
  const env = { HOME: join(dir, '../home'), CARGO_HOME: shared, SOURCE_DATE_EPOCH: '1780000000' };
  const locked = project.files === undefined ? ['--locked'] : [];
  const fetched = await run('cargo', ['fetch', ...locked, '--target', triple], { cwd: dir, env });
  assert.equal(fetched.code, 0, fetched.stderr);
  const words = ['--target', triple, ...project.words];
  const compiled = await cratesOfPrograms({ folder: dir, cargoHome: shared }, words);
  assert.deepEqual([...compiled.keys()].sort(), Object.keys(project.programs).sort());

  const ran = await safeguard(['build', '--offline', '--', 'cargo', 'build', ...words], { cwd: dir, env });
  // 2: nobody has approved of its build scripts.
  assert.ok(ran.code === 0 || ran.code === 2, ran.stderr);
  assert.match(ran.stderr, /^agreed .*cargo --unit-graph, cargo -Zsbom$/m);
  assert.doesNotMatch(ran.stderr, /^refused/m);
  const agreed: Agreed[] = [];
  for (const [program, libraries] of Object.entries(project.programs)) {
    const file = join(dir, 'safeguard-out', triple, program);
    const document = JSON.parse(readFileSync(`${file}.cdx.json`, 'utf8')) as BuiltDocument;
    const crates = compiled.get(program) ?? [];
    assert.deepEqual(cratesIn(document), crates, program);
    checkLibraries(document, file, libraries);
    await checkOthers(t, file, crates, document);
    const all = (['static', 'dynamic'] as const).flatMap((linkage) => librariesIn(document, linkage));
    agreed.push({
      program,
      crates: crates.length,
      libraries: all.map((one) => `${one.name} ${one.version}`),
      compiled: /^compile +(.*)$/m.exec(ran.stderr)?.[1] ?? '',
    });
  }
  return agreed;
}

/** By the linker's own word, by what pkg-config says of the system, and by what crates carry. */
function checkLibraries(document: BuiltDocument, file: string, { modules, compiled }: Libraries): void {
  const dynamic = librariesIn(document, 'dynamic');
  const needed = dynamic.flatMap((one) => valuesOf(one, 'safeguard:native-file'));
  assert.deepEqual(needed.sort(), neededBy(file));
  const asked = dynamic.filter((one) => !valuesOf(one, 'safeguard:native-source').includes('the platform'));
  const pkgConfig = (...words: string[]) =>
    execFileSync('pkg-config', words, { encoding: 'utf8' }).trim().split(/\s+/);
  assert.deepEqual(
    asked
      .flatMap((one) => valuesOf(one, 'safeguard:native-file'))
      .map((one) => one.replace(/\.so.*/, ''))
      .sort(),
    modules.flatMap((one) => pkgConfig('--libs-only-l', one).map((word) => word.replace('-l', 'lib'))).sort(),
  );
  assert.deepEqual(
    asked.flatMap((one) => valuesOf(one, 'safeguard:software-version')).sort(),
    modules.flatMap((one) => pkgConfig('--modversion', one)).sort(),
  );
  const carried = librariesIn(document, 'static').filter((one) =>
    valuesOf(one, 'safeguard:native-source').some((from) => from.startsWith('compiled by ')),
  );
  assert.deepEqual(carried.map((one) => `${one.name} ${one.version}`).sort(), compiled);
}

/** By those who read the list inside of the program; what they leave out has a reason each. */
async function checkOthers(
  t: TestContext,
  file: string,
  crates: Crates,
  { metadata: { component } }: BuiltDocument,
): Promise<void> {
  assert.deepEqual(await byRustAuditInfo(file), crates);
  const all = crates.map((one) => one.slice(0, one.lastIndexOf(' ')));
  const registered = all.filter((one) => one !== `${component.name} ${component.version}`);
  // Advisories are about crates of a registry: cargo-audit holds none against the project's own.
  const names = all.map((one) => one.slice(0, one.indexOf(' ')));
  assert.deepEqual(await byCargoAudit(file, names), registered.sort());
  try {
    // What only ran while it was built is not in it for syft.
    const linked = crates.filter((one) => one.endsWith(' required'));
    assert.deepEqual(await bySyft(file), linked.map((one) => one.slice(0, one.lastIndexOf(' '))).sort());
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    t.diagnostic(error.message);
  }
}
