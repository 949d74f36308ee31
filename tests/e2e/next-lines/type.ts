/** Types what the product says to type, in a shell, with the real cargo and git. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { gateVerdictSchema } from '../../../src/gate/report/schema.ts';
import { environment, type Ran, safeguard } from '../../cli/support.ts';

const root = join(import.meta.dirname, '../../..');

/** A command line as a person types it in a folder; `safeguard` is this checkout's. */
export function type(line: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const vars = environment(cwd, { ...quiet, ...env });
  return new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', line],
      { cwd, env: { ...vars, PATH: `${root}:${vars.PATH}` }, encoding: 'utf8', timeout: 120_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

const quiet = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.invalid',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.invalid',
};

/** Types it; it must end well. */
export async function typed(
  line: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const ran = await type(line, cwd, env);
  assert.equal(ran.code, 0, `${line}\n${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** The command line that a sentence quotes, or is. `starts` tells which, where there are several. */
export function lineIn(text: string, starts = ''): string {
  const quoted = [...text.matchAll(/`([^`]+)`/g)].map(([, inner = '']) => inner);
  const ends = text.split('\n').map((line) => /: ((?:git|cargo) [^`]+)$/.exec(line)?.[1] ?? '');
  const lines = [...quoted, ...ends, ...text.split('\n').map((line) => line.trim())];
  const found = lines.find((line) => /^(?:git|cargo|safeguard) [a-z]/.test(line) && line.startsWith(starts));
  return found ?? assert.fail(`there is no command line in ${JSON.stringify(text)}`);
}

/** What a check finds, fresh or from before, of one rule. */
export async function found(
  rule: string,
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const ran = await safeguard(['check', '--format', 'json', ...args], { cwd, env });
  assert.ok(ran.stdout.startsWith('{'), ran.stderr + ran.stdout);
  const { changes, debt } = gateVerdictSchema.parse(JSON.parse(ran.stdout));
  return [...changes.flatMap(({ findings }) => findings), ...debt].filter((one) => one.rule === rule);
}

/** The line that the one finding of a rule says to type. */
export async function nextOf(...asked: Parameters<typeof found>): Promise<string> {
  const [first, ...more] = await found(...asked);
  assert.ok(first !== undefined && more.length === 0, JSON.stringify([first, ...more]));
  return first.next;
}

/** What a command that fails says to do. */
export async function refusal(
  line: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const ran = await type(line, cwd, env);
  assert.notEqual(ran.code, 0, `${line}\n${ran.stdout}`);
  return ran.stderr;
}
