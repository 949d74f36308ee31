/** Workspaces of invented crates that the real cargo-vet can look at: no registry is asked, nothing is compiled. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VetPackage } from '../../src/facts/vet/packages.ts';
import { vetVersion } from '../../src/facts/vet/version.ts';
import { toToml } from './manifest.ts';

/** A package of the workspace. Names and versions are free; the contents are always the same empty library. */
export interface Invented {
  readonly name: string;
  readonly version: string;
  /** A workspace member, a release of crates.io, or code at a commit. */
  readonly from: 'workspace' | 'crates.io' | { readonly commit: string };
  readonly dependencies: readonly {
    readonly name: string;
    readonly version: string;
    readonly kind: DependencyKind;
  }[];
}

export type DependencyKind = 'normal' | 'build' | 'dev';

/** The three files of a `supply-chain/` folder. */
export interface StoreTexts {
  readonly audits: string;
  readonly config: string;
  readonly imports: string;
}

const gitUrl = 'https://git.invalid/project';

/** Writes a workspace in which `cargo metadata --frozen` and `cargo vet --locked --frozen` work. */
export function writeWorkspace(dir: string, packages: readonly Invented[]): void {
  const members = packages.filter(({ from }) => from === 'workspace');
  const commits = packages.flatMap(({ from }) => (typeof from === 'object' ? [from.commit] : []));
  write(dir, 'Cargo.toml', toToml({ workspace: { members: members.map(folderOf), resolver: '2' } }));
  write(dir, '.cargo/config.toml', cargoConfig(new Set(commits)));
  mkdirSync(join(dir, 'vendor'), { recursive: true });
  for (const each of packages) writePackage(dir, each, packages);
  write(dir, 'Cargo.lock', lockfileOf(packages));
}

/** The packages that cargo sees there, in the form that the resolver takes. */
export async function packagesOf(dir: string): Promise<VetPackage[]> {
  const { stdout } = await cargo(dir, ['metadata', '--format-version', '1', '--all-features', '--frozen']);
  return fromMetadata(JSON.parse(stdout) as Metadata);
}

/** Brings what a real project's lockfile pins into cargo's cache. */
export async function fetchDependencies(dir: string): Promise<void> {
  await cargo(dir, ['fetch', '--locked']);
}

/** Lets cargo-vet bring a store into its own layout, which `--locked` insists on. */
export async function formatStore(dir: string, program: string, store: StoreTexts): Promise<StoreTexts> {
  write(dir, 'supply-chain/audits.toml', store.audits);
  write(dir, 'supply-chain/config.toml', store.config);
  write(dir, 'supply-chain/imports.lock', store.imports);
  const { stderr, code } = await execute(program, ['vet', 'fmt'], dir);
  if (code !== 0) throw new Error(`cargo vet fmt: ${stderr}`);
  const read = (file: string) => readFileSync(join(dir, 'supply-chain', file), 'utf8');
  return { audits: read('audits.toml'), config: read('config.toml'), imports: read('imports.lock') };
}

/** Lets cargo-vet fetch what organisations publish and lock what it needs of it. */
export async function regenerateImports(dir: string, program: string): Promise<void> {
  const args = ['vet', 'regenerate', 'imports', '--cache-dir', join(dir, 'cache')];
  const { code, stderr } = await execute(program, args, dir);
  if (code !== 0) throw new Error(`cargo vet regenerate imports: ${stderr}`);
}

/** What `cargo vet --locked --frozen --output-format json` says; an error is the text of it. */
export async function askCargoVet(dir: string, program: string): Promise<unknown> {
  const args = ['vet', '--locked', '--frozen', '--output-format', 'json'];
  const { stdout, stderr } = await execute(program, args, dir);
  try {
    return JSON.parse(stdout);
  } catch {
    return { error: stderr };
  }
}

interface Metadata {
  readonly packages: readonly {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly source: string | null;
  }[];
  readonly workspace_members: readonly string[];
  readonly resolve: {
    readonly nodes: readonly {
      readonly id: string;
      readonly deps: readonly {
        readonly pkg: string;
        readonly dep_kinds: readonly { readonly kind: 'build' | 'dev' | null }[];
      }[];
    }[];
  };
}

/** `cargo metadata` as the resolver's packages. */
export function fromMetadata(metadata: Metadata): VetPackage[] {
  const { nodes } = metadata.resolve;
  const byId = new Map(metadata.packages.map((each) => [each.id, each]));
  const indexes = new Map(nodes.map(({ id }, index) => [id, index]));
  const members = new Set(metadata.workspace_members);
  return nodes.map(({ id, deps }) => {
    const about = byId.get(id);
    const commit = about?.source?.startsWith('git+') ? new URL(about.source).hash.slice(1) : undefined;
    const version = vetVersion(about?.version ?? '', commit);
    if (about === undefined || version === undefined) throw new Error(`cargo metadata: ${id}`);
    return {
      name: about.name,
      version,
      fromCratesIo: about.source === 'registry+https://github.com/rust-lang/crates.io-index',
      workspaceMember: members.has(id),
      dependencies: deps.map(({ pkg, dep_kinds }) => ({
        package: indexes.get(pkg) ?? -1,
        kinds: dep_kinds.map(({ kind }) => kind ?? 'normal'),
      })),
    };
  });
}

function cargoConfig(commits: ReadonlySet<string>): string {
  const git = [...commits].map((commit) => [
    `${gitUrl}-${commit}`,
    { git: gitUrl, rev: commit, 'replace-with': 'vendored' },
  ]);
  return toToml({
    source: {
      'crates-io': { 'replace-with': 'vendored' },
      ...Object.fromEntries(git),
      vendored: { directory: 'vendor' },
    },
  });
}

function writePackage(dir: string, each: Invented, all: readonly Invented[]): void {
  const folder = folderOf(each);
  const dependencies = (kind: DependencyKind) =>
    Object.fromEntries(
      each.dependencies
        .filter((dependency) => dependency.kind === kind)
        .map(({ name, version }, index) => [`${kind}${index}`, dependencyOn(name, version, each, all)]),
    );
  const manifest = {
    package: { name: each.name, version: each.version, edition: '2021' },
    lib: { path: 'lib.rs', name: 'x' },
    dependencies: dependencies('normal'),
    'build-dependencies': dependencies('build'),
    'dev-dependencies': dependencies('dev'),
  };
  write(dir, `${folder}/Cargo.toml`, toToml(manifest));
  write(dir, `${folder}/lib.rs`, '');
  if (each.from === 'workspace') return;
  const checksum = typeof each.from === 'object' ? { files: {} } : { files: {}, package: checksumOf(each) };
  write(dir, `${folder}/.cargo-checksum.json`, JSON.stringify(checksum));
}

/** Written here, as cargo makes none while a git source is replaced. */
function lockfileOf(packages: readonly Invented[]): string {
  const sorted = [...packages].sort((a, b) => order(a.name, b.name) || order(a.version, b.version));
  const reference = ({ name, version }: { readonly name: string; readonly version: string }) =>
    packages.filter((each) => each.name === name).length > 1 ? `${name} ${version}` : name;
  const tables = sorted.map((each) => {
    const { name, version, from } = each;
    const fields = [`name = "${name}"`, `version = "${version}"`];
    if (from === 'crates.io') {
      fields.push('source = "registry+https://github.com/rust-lang/crates.io-index"');
      fields.push(`checksum = "${checksumOf(each)}"`);
    }
    if (typeof from === 'object') fields.push(`source = "git+${gitUrl}?rev=${from.commit}#${from.commit}"`);
    const dependencies = [...new Set(each.dependencies.map(reference))].sort(order);
    if (dependencies.length > 0)
      fields.push(`dependencies = [\n${dependencies.map((text) => ` "${text}",\n`).join('')}]`);
    return `[[package]]\n${fields.join('\n')}\n`;
  });
  const head =
    '# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\n';
  return `${head}version = 4\n\n${tables.join('\n')}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checksumOf(each: Invented): string {
  return createHash('sha256').update(folderOf(each)).digest('hex');
}

function dependencyOn(name: string, version: string, from: Invented, all: readonly Invented[]): unknown {
  const target = all.find((each) => each.name === name && each.version === version);
  if (target === undefined) throw new Error(`no ${name} ${version} to depend on`);
  if (target.from === 'workspace') {
    const up = from.from === 'workspace' ? '..' : '../..';
    return { package: name, path: `${up}/${folderOf(target).split('/').at(-1)}` };
  }
  if (typeof target.from === 'object') return { package: name, git: gitUrl, rev: target.from.commit };
  return { package: name, version: `=${version}` };
}

function folderOf({ name, version, from }: Invented): string {
  return `${from === 'workspace' ? 'members' : 'vendor'}/${name}-${version.replaceAll('+', '_')}`;
}

function write(dir: string, path: string, text: string): void {
  mkdirSync(join(dir, path, '..'), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function cargo(dir: string, args: readonly string[]) {
  return execute(process.env.CARGO ?? 'cargo', args, dir).then((result) => {
    if (result.code !== 0) throw new Error(`cargo ${args.join(' ')}: ${result.stderr}`);
    return result;
  });
}

function execute(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    // cargo-vet finds cargo by the variable that cargo sets for its subcommands.
    const env = { ...process.env, CARGO: process.env.CARGO ?? 'cargo', CARGO_TERM_COLOR: 'never' };
    execFile(program, [...args], { cwd, env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
