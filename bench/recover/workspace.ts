import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { corpusFolder } from '../../tests/support/corpus.ts';

// Programs as members of one workspace, so that what they share is compiled once for each way of building.

/** How a program is built; `stripped` is made of `plain`. */
export const modes = ['plain', 'trim-paths', 'stripped', 'remapped', 'vendored'] as const;
export type Mode = (typeof modes)[number];

/** A program with the crates of registries that cargo links into it, `name version` each. */
export interface Program {
  readonly name: string;
  readonly binary: string;
  readonly linked: ReadonlySet<string>;
}

const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
/** As released, but with less optimisation, which takes less time. */
const profile = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
  CARGO_PROFILE_RELEASE_STRIP: 'none',
  CARGO_PROFILE_RELEASE_LTO: 'false',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_PANIC: 'unwind',
  CARGO_INCREMENTAL: '0',
  // Of what the programs ask for, the newest that this compiler builds.
  CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: 'fallback',
};

/** Makes the workspace where it is not there yet. Throws what cargo says. */
export async function prepare(
  folder: string,
  programs: readonly (readonly [name: string, version: string])[],
): Promise<void> {
  const workspace = join(folder, 'ws');
  if (existsSync(join(workspace, 'Cargo.lock'))) return;
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true });
  for (const [name, version] of programs) {
    const member = join(workspace, name);
    cpSync(await corpusFolder({ name, version }), member, { recursive: true });
    for (const own of ['Cargo.lock', '.cargo']) rmSync(join(member, own), { recursive: true, force: true });
    const manifest = join(member, 'Cargo.toml');
    writeFileSync(manifest, withoutRest(readFileSync(manifest, 'utf8')));
  }
  writeFileSync(
    join(workspace, 'Cargo.toml'),
    `[workspace]\nresolver = "2"\nmembers = ${JSON.stringify(programs.map(([name]) => name))}\n`,
  );
  cargo(workspace, ['fetch']);
  cargo(workspace, ['vendor', '--offline', join(folder, 'vend/vendor')]);
}

/** A published manifest without tables that no build of its programs needs, or that only a root may have. */
function withoutRest(manifest: string): string {
  const rest = /dev-dependencies|^(?:bench|test|example|profile|workspace|lints|patch|badges)\b/;
  let isKept = true;
  return manifest
    .split('\n')
    .filter((line) => {
      const [, table] = /^\[\[?(.+?)\]\]?\s*$/.exec(line) ?? [];
      if (table !== undefined) isKept = !rest.test(table);
      return isKept;
    })
    .join('\n');
}

/** Builds them in a way, and returns the folder that they are in. Throws what cargo says. */
export function build(folder: string, mode: Mode, packages: readonly string[]): string {
  if (mode === 'stripped') return stripped(folder);
  const target = join(folder, `t-${mode === 'trim-paths' ? 'trimmed' : mode}`);
  const args = ['build', '--offline', '--bins', '--release', '--target-dir', target, ...chosen(packages)];
  const workspace = join(folder, 'ws');
  switch (mode) {
    case 'plain':
      cargo(workspace, args);
      break;
    case 'trim-paths':
      cargo(workspace, [...args, '-Ztrim-paths'], {
        RUSTC_BOOTSTRAP: '1',
        CARGO_PROFILE_RELEASE_TRIM_PATHS: 'object',
      });
      break;
    case 'remapped':
      cargo(workspace, args, { RUSTFLAGS: remapping() });
      break;
    case 'vendored':
      cargo(workspace, [
        ...args,
        ...['--config', 'source.crates-io.replace-with="v"'],
        ...['--config', `source.v.directory=${JSON.stringify(join(folder, 'vend/vendor'))}`],
      ]);
      break;
  }
  return join(target, 'release');
}

/** Every index's folder becomes `/deps`, as one would hide where one builds. Of prefixes that fit, the compiler takes the last. */
function remapping(): string {
  const sources = join(cargoHome, 'registry/src');
  const maps = readdirSync(sources).map((index) => `--remap-path-prefix=${join(sources, index)}=/deps`);
  return [`--remap-path-prefix=${homedir()}=/home/user`, ...maps].join(' ');
}

function stripped(folder: string): string {
  const [from, to] = [join(folder, 't-plain/release'), join(folder, 't-stripped')];
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from, { withFileTypes: true }))
    if (file.isFile() && !file.name.includes('.'))
      execFileSync('strip', ['-o', join(to, file.name), join(from, file.name)]);
  return to;
}

interface Unit {
  readonly pkg_id: string;
  readonly target: { readonly kind: readonly string[]; readonly name: string };
  readonly mode: string;
  readonly dependencies: readonly { readonly index: number }[];
}

/** What cargo's graph of compilations says of each program: its libraries, and theirs, that are compiled for where it runs. */
export function programsOf(folder: string, packages: readonly string[]): readonly Program[] {
  const said = cargo(
    join(folder, 'ws'),
    ['build', '--offline', '--bins', '--release', ...chosen(packages), '-Zunstable-options', '--unit-graph'],
    { RUSTC_BOOTSTRAP: '1' },
  );
  const { units, roots } = JSON.parse(said.stdout) as { units: readonly Unit[]; roots: readonly number[] };
  return roots.flatMap((root) => {
    const top = units[root];
    if (top === undefined || !top.target.kind.includes('bin')) return [];
    const seen = new Set([root]);
    const waiting = [root];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
      for (const { index } of units[at]?.dependencies ?? []) {
        const unit = units[index];
        const isLinked =
          unit?.mode === 'build' &&
          !unit.target.kind.some((kind) => ['proc-macro', 'custom-build'].includes(kind));
        if (!isLinked || seen.has(index)) continue;
        seen.add(index);
        waiting.push(index);
      }
    const linked = [...seen].flatMap((index) => releaseOf(units[index]?.pkg_id ?? '') ?? []);
    return [{ name: nameOf(top.pkg_id), binary: top.target.name, linked: new Set(linked) }];
  });
}

/** `registry+…#name@version`; nothing for a folder. */
function releaseOf(id: string): string | undefined {
  const [, name, version] = /^registry\+.*#(?:(.+)@)?(.+)$/.exec(id) ?? [];
  return name === undefined ? undefined : `${name} ${version}`;
}

function nameOf(id: string): string {
  return /#(.+)@/.exec(id)?.[1] ?? id.replace(/#.*/, '').replace(/.*\//, '');
}

function chosen(packages: readonly string[]): readonly string[] {
  return packages.flatMap((name) => ['-p', name]);
}

function cargo(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  const ran = spawnSync('nice', ['-n', '10', 'cargo', ...args], {
    cwd,
    env: { ...process.env, ...profile, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0) throw new Error(`cargo ${args.join(' ')}: ${ran.stderr.slice(-2000)}`);
  return ran;
}
