import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The real `semver` crate, built from `oracle/`; `undefined` with the reason where there is no cargo. */
export type Oracle =
  | { readonly kind: 'ready'; readonly ask: (requests: readonly Request[]) => readonly string[] }
  | { readonly kind: 'absent'; readonly reason: string };

/** See `oracle/src/main.rs`. */
export type Request = readonly ['version' | 'requirement' | 'compare' | 'matches', ...string[]];

/** Builds the oracle once per machine; the build is kept in the user's cache folder. */
export function buildOracle(): Oracle {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const target = join(cache, 'safeguard-test', 'semver-oracle');
  const folder = join(import.meta.dirname, 'oracle');
  const build = spawnSync('cargo', ['build', '--quiet', '--locked'], {
    cwd: folder,
    env: { ...process.env, CARGO_TARGET_DIR: target },
    encoding: 'utf8',
  });
  if (build.error !== undefined)
    return { kind: 'absent', reason: `cargo cannot be run: ${build.error.message}` };
  if (build.status !== 0)
    return { kind: 'absent', reason: `the semver oracle does not build: ${build.stderr}` };
  const program = join(target, 'debug', 'semver-oracle');
  return { kind: 'ready', ask: (requests) => ask(program, requests) };
}

function ask(program: string, requests: readonly Request[]): readonly string[] {
  const lines = requests.map(([what, ...texts]) => [what, ...texts.map(hex)].join(' '));
  const run = spawnSync(program, { input: `${lines.join('\n')}\n`, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status !== 0) throw new Error(`the semver oracle failed: ${run.stderr}`);
  const answers = run.stdout.split('\n').slice(0, -1);
  if (answers.length !== requests.length)
    throw new Error('the semver oracle answered another number of lines');
  return answers;
}

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}
