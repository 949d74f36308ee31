/**
 * Builds crates one by one under observation, for scripts/recall.ts to keep what their build scripts did:
 *
 *   node scripts/recall-observe.ts [--seconds 90] [CRATE …]
 *
 * Each is a project of its own in the user's cache folder for tests, with a home of its own; what was observed before
 * is not built again. A script that fails for want of a library, or is cut off by the time, did acts before. Needs
 * Linux, strace and a registry.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Of these the newest release is built, with the features behind the name. */
const listed = join(import.meta.dirname, '..', 'tests', 'build', 'observe', 'recall-crates.txt');
const root = join(import.meta.dirname, '..');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard-test', 'recall');
const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '90' } },
  allowPositionals: true,
});
const wanted = readFileSync(listed, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '))
  .filter(([crate = '']) => positionals.length === 0 || positionals.includes(crate));

const home = join(cache, 'home');
mkdirSync(home, { recursive: true });
const env = {
  ...process.env,
  HOME: home,
  CARGO_HOME: process.env.CARGO_HOME ?? join(homedir(), '.cargo'),
  RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
  CARGO_TARGET_DIR: join(cache, 'target'),
};
for (const [crate = '', ...features] of wanted) {
  const folder = join(cache, 'projects', crate);
  const observed = join(folder, 'observed.json');
  if (existsSync(observed)) continue;
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'src', 'lib.rs'), '');
  const dependency = `{ version = "*", features = ${JSON.stringify(features)} }`;
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]\nname = "observed"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]\n${crate} = ${dependency}\n\n[workspace]\n`,
  );
  const run = (command: string, args: readonly string[]) =>
    spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const fetched = run('cargo', ['fetch']);
  if (fetched.status !== 0) {
    console.log(`${crate}: not fetched: ${fetched.stderr.split('\n').at(-2) ?? ''}`);
    continue;
  }
  const bound = ['timeout', '-k', '5', values.seconds];
  const build = ['cargo', 'check', '--locked', '--offline', '-p', crate];
  const { status, stderr } = run(process.execPath, [
    ...[join(root, 'src', 'cli', 'main.ts'), 'observe', '--output', observed, '--', ...bound],
    ...build,
  ]);
  console.log(`${crate}: ended with ${status}${existsSync(observed) ? '' : `: ${stderr.slice(-300)}`}`);
}
