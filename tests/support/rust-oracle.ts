/** Small Rust programs that answer what a real crate makes of a text; built once per machine. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { testCache } from './peers.ts';

/** The program, or the reason why there is none. */
export type Oracle =
  | { readonly kind: 'ready'; readonly ask: (requests: readonly Request[]) => readonly string[] }
  | { readonly kind: 'absent'; readonly reason: string };

/** A word that the program knows, and the texts that it is asked about. */
export type Request = readonly [what: string, ...texts: string[]];

/** Builds the package in a folder; the build is kept in the user's cache folder. Its program is named as the package. */
export function buildOracle(folder: string, name: string): Oracle {
  const target = join(testCache, name);
  const build = spawnSync('cargo', ['build', '--quiet', '--locked'], {
    cwd: folder,
    env: { ...process.env, CARGO_TARGET_DIR: target },
    encoding: 'utf8',
  });
  if (build.error !== undefined)
    return { kind: 'absent', reason: `cargo cannot be run: ${build.error.message}` };
  if (build.status !== 0) return { kind: 'absent', reason: `${name} does not build: ${build.stderr}` };
  const program = join(target, 'debug', name);
  return { kind: 'ready', ask: (requests) => ask(program, requests) };
}

function ask(program: string, requests: readonly Request[]): readonly string[] {
  const lines = requests.map(([what, ...texts]) => [what, ...texts.map(hex)].join(' '));
  const run = spawnSync(program, { input: `${lines.join('\n')}\n`, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.status !== 0) throw new Error(`${program} failed: ${run.stderr}`);
  const answers = run.stdout.split('\n').slice(0, -1);
  if (answers.length !== requests.length) throw new Error(`${program} answered another number of lines`);
  return answers;
}

function hex(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}
