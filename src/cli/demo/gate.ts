import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gateVerdictSchema } from '../../gate/report/schema.ts';
import { CliError } from '../shared/error.ts';
import { askSafeguard } from './ask.ts';
import { attack, inTheMiddle, poisoned } from './attack.ts';
import type { Chapter, Line } from './chapter.ts';
import type { DemoStage } from './stage.ts';

const run = promisify(execFile);

/** Puts a pull request before the gate that pins what was published, by a developer who has no mirror. */
export async function gateChapter(stage: DemoStage): Promise<Chapter> {
  const checksums = new Map(stage.published);
  for (const event of attack.filter(({ at }) => at < inTheMiddle)) {
    for (const [id, checksum] of await event.apply(stage.registry)) checksums.set(id, checksum);
  }
  await stage.turnTo(inTheMiddle);
  const project = join(stage.folder, 'project');
  const lock = (...pins: readonly Pin[]) => lockfile(pins, checksums);
  const before = lock({ name: 'arrayref', version: '0.3.9' }, { name: 'append-only-vec', version: '0.1.8' });
  await commit(project, { 'Cargo.toml': manifest, 'src/main.rs': 'fn main() {}\n', 'Cargo.lock': before });
  const after = lock(
    ...poisoned.map(([name, version]) => ({
      name,
      version,
      needs: name === 'proc-macro1' ? [] : ['proc-macro1'],
    })),
  );
  await writeFile(join(project, 'Cargo.lock'), after);
  const args = ['check', '--server', stage.url, '--base', 'HEAD'];
  const { verdict, changes } = await askSafeguard(args, project, stage, gateVerdictSchema);
  const lines: Line[] = [
    {
      at: inTheMiddle,
      kind: 'attack',
      text: 'A pull request updates Cargo.lock, straight from the registry.',
    },
    { at: inTheMiddle, kind: 'safeguard', text: `safeguard check --base HEAD says: ${verdict}.` },
  ];
  for (const { crate, from, to, why, findings } of changes) {
    const versions = from === undefined ? `${to}, which is new here` : `${from} → ${to}`;
    lines.push({ at: inTheMiddle, kind: 'safeguard', text: `${crate} ${versions} (${why[0] ?? 'unused'}):` });
    for (const { effect, message } of findings) lines.push({ kind: 'reason', text: `${effect}: ${message}` });
  }
  return {
    title: 'The gate',
    alone: 'There is no mirror: whoever updates gets what the registry has, and the pull request pins it.',
    lines,
    stopped: verdict !== 'allow',
  };
}

interface Pin {
  readonly name: string;
  readonly version: string;
  readonly needs?: readonly string[];
}

const manifest = `[package]
name = "app"
version = "0.1.0"
edition = "2021"

[dependencies]
append-only-vec = "0.1"
arrayref = "0.3"
`;

/** A lockfile as cargo would have written it. */
function lockfile(pins: readonly Pin[], checksums: ReadonlyMap<string, string>): string {
  const app = ['name = "app"', 'version = "0.1.0"', list(['append-only-vec', 'arrayref'])];
  const packages = pins.map(({ name, version, needs = [] }) => [
    `name = "${name}"`,
    `version = "${version}"`,
    'source = "registry+https://github.com/rust-lang/crates.io-index"',
    `checksum = "${checksums.get(`${name} ${version}`)}"`,
    ...(needs.length === 0 ? [] : [list(needs)]),
  ]);
  const tables = [app, ...packages].map((lines) => `[[package]]\n${lines.join('\n')}\n`).sort();
  return `version = 4\n\n${tables.join('\n')}`;
}

function list(names: readonly string[]): string {
  return `dependencies = [\n${names.map((name) => ` "${name}",\n`).join('')}]`;
}

/** Makes a repository with one commit, by whatever git there is but not by its settings. */
async function commit(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, 'src'), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const who = ['-c', 'user.name=demo', '-c', 'user.email=demo@example.invalid'];
  try {
    for (const args of [
      ['init', '--quiet'],
      ['add', '.'],
      ['commit', '--quiet', '--message', 'before'],
    ]) {
      await run('git', [...who, ...args], { cwd: folder, env });
    }
  } catch (error) {
    throw new CliError('cli/unreachable', 'git cannot be run here, and the gate compares with a commit', {
      cause: error,
      next: 'Install git, then run this again.',
    });
  }
}
