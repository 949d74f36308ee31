/** What cargo says that it puts into each program of a build, by its unit graph, and what others say that a program is made of. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goPeer, peer } from './peers.ts';
import { tempDir } from './temp.ts';
import { type Place, runCargo } from './unit-graph.ts';

const run = promisify(execFile);

/** `name version required`, or `excluded` for what only runs while it is built; sorted. */
export type Crates = readonly string[];

interface UnitGraph {
  readonly units: readonly {
    readonly pkg_id: string;
    readonly target: { readonly kind: readonly string[]; readonly name: string };
    /** None: for the machine that builds. */
    readonly platform: string | null;
    readonly dependencies: readonly { readonly index: number }[];
  }[];
  readonly roots: readonly number[];
}

/** The crates of each program that cargo would build with these words, among which `--target` is. Throws where it refuses. */
export async function cratesOfPrograms(
  place: Place,
  words: readonly string[],
): Promise<ReadonlyMap<string, Crates>> {
  const asked = ['build', '--unit-graph', '-Z', 'unstable-options', '--locked', ...words];
  const { code, stdout, stderr } = await runCargo(asked, place);
  if (code !== 0) throw new Error(stderr);
  const { units, roots } = JSON.parse(stdout) as UnitGraph;
  const programs = roots.filter((root) => units[root]?.target.kind.includes('bin'));
  return new Map(programs.map((root) => [units[root]?.target.name ?? '', cratesFrom(root, units)]));
}

function cratesFrom(root: number, units: UnitGraph['units']): Crates {
  const reached = new Set([root]);
  for (const index of reached)
    for (const dependency of units[index]?.dependencies ?? []) reached.add(dependency.index);
  const crates = new Map<string, 'required' | 'excluded'>();
  for (const index of reached) {
    const unit = units[index];
    if (unit === undefined || unit.target.kind.includes('custom-build')) continue;
    const name = nameOf(unit.pkg_id);
    if (unit.platform !== null) crates.set(name, 'required');
    else if (!crates.has(name)) crates.set(name, 'excluded');
  }
  return [...crates].map(([name, scope]) => `${name} ${scope}`).sort();
}

/** Of `SOURCE#name@version`, or `SOURCE/name#version`; of an older cargo's `name version (SOURCE)`. */
function nameOf(id: string): string {
  if (id.endsWith(')')) return id.slice(0, id.indexOf(' ('));
  const [address = '', fragment = ''] = id.split('#');
  const [name = '', version] = fragment.split('@');
  if (version !== undefined) return `${name} ${version}`;
  return `${address.replace(/\?.*/, '').split('/').at(-1)} ${name}`;
}

/** A package of the list inside of a program, as rust-audit-info prints it. */
export interface Listed {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly kind?: string;
  /** Positions in the list. */
  readonly dependencies?: readonly number[];
  readonly root?: boolean;
}

/** The whole list inside of a program, by rust-audit-info. */
export async function auditInfo(file: string): Promise<readonly Listed[]> {
  const program = await peer('rust-audit-info', '0.5.4');
  const said = execFileSync(program, [file], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return (JSON.parse(said) as { readonly packages: readonly Listed[] }).packages;
}

/** By rust-audit-info: the whole list inside of the program. */
export async function byRustAuditInfo(file: string): Promise<Crates> {
  return (await auditInfo(file))
    .map((one) => `${one.name} ${one.version} ${one.kind === 'build' ? 'excluded' : 'required'}`)
    .sort();
}

interface Audit {
  readonly vulnerabilities: {
    readonly list: readonly { readonly package: { readonly name: string; readonly version: string } }[];
  };
}

/**
 * `name version` of each of these crates in which `cargo audit bin` finds an advisory, of a database that has one for
 * every version of each.
 */
export async function byCargoAudit(file: string, names: Iterable<string>): Promise<readonly string[]> {
  const program = await peer('cargo-audit', '0.22.2');
  const folder = tempDir();
  [...new Set(names)].forEach((name, i) => {
    const [id, place] = [`RUSTSEC-2024-${String(i + 1).padStart(4, '0')}`, join(folder, 'crates', name)];
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${id}.md`), advisory(id, name));
  });
  const words = ['audit', '--json', '--no-fetch', '--stale', '--db', folder, 'bin', file];
  // 1: it found some.
  const { stdout, stderr } = await run(program, words, { maxBuffer: 1 << 26 }).catch((error) => error);
  if (stdout === '') throw new Error(`cargo-audit: ${stderr}`);
  const { vulnerabilities } = JSON.parse(stdout) as Audit;
  return vulnerabilities.list.map((one) => `${one.package.name} ${one.package.version}`).sort();
}

const advisory = (id: string, name: string) =>
  `\`\`\`toml\n[advisory]\nid = "${id}"\npackage = "${name}"\ndate = "2024-01-01"\n\n[versions]\npatched = []\n\`\`\`\n\n# ${name}\n\nEvery version.\n`;

interface Catalogue {
  readonly artifacts: readonly { readonly name: string; readonly version: string; readonly type: string }[];
}

/** `name version` of the crates in which syft takes a program to be made of. Throws `PeerMissing`. */
export async function bySyft(file: string): Promise<readonly string[]> {
  const program = await goPeer('github.com/anchore/syft/cmd/syft', 'v1.57.0');
  const env = { ...process.env, SYFT_CHECK_FOR_APP_UPDATE: 'false' };
  const { stdout } = await run(program, ['scan', `file:${file}`, '--output', 'json', '--quiet'], {
    maxBuffer: 1 << 26,
    env,
  });
  const { artifacts } = JSON.parse(stdout) as Catalogue;
  return artifacts
    .filter(({ type }) => type === 'rust-crate')
    .map(({ name, version }) => `${name} ${version}`)
    .sort();
}
