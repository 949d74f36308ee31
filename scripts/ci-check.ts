/**
 * Runs `safeguard check` in CI and hands its answer on: `node scripts/ci-check.ts github|gitlab`. The comment is updated in
 * place; where it may not be written (a branch of a fork), the job's log and summary have it. Ends with check's own code.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ci } from './ci-forge.ts';
import { github } from './ci-github.ts';
import { gitlab } from './ci-gitlab.ts';

if (import.meta.main) process.exitCode = await main(process.argv[2]);

async function main(forge: string | undefined): Promise<number> {
  const env = process.env;
  if (forge !== 'github' && forge !== 'gitlab') {
    console.error('usage: ci-check.ts github|gitlab');
    return 64;
  }
  const ci = forge === 'github' ? github(env) : gitlab(env);
  if (ci.base !== undefined) fetchBase(ci.base);
  const log = check(ci, ci.logFormat, keeping(ci));
  process.stdout.write(log.text);
  // 64 and up: the check itself failed, and there is no verdict to tell.
  if (log.code > 2) return log.code;
  const markdown = check(ci, 'markdown').text;
  await telling('the comment was not written', async () => {
    ci.summary(markdown);
    await ci.comment?.(markdown);
  });
  await telling('the SARIF file was not handed over', async () => {
    const { text } = check(ci, 'sarif');
    writeFileSync(env.SAFEGUARD_SARIF || 'safeguard.sarif', text);
    await ci.sarif(text);
  });
  return log.code;
}

/** The verdict counts, not whether it could be told: that is said, and no more. */
async function telling(failed: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    console.error(`safeguard: ${failed}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The verdict is kept where there is a server with a token for it; once, with what is printed for the log. */
function keeping({ change }: Ci): readonly string[] {
  const { SAFEGUARD_SERVER: server, SAFEGUARD_SERVER_TOKEN: token } = process.env;
  if (change === undefined || !server || !token) return [];
  return ['--keep', change.name, ...(change.head === undefined ? [] : ['--head-commit', change.head])];
}

function check(
  { base }: Ci,
  format: string,
  more: readonly string[] = [],
): { readonly code: number; readonly text: string } {
  const {
    SAFEGUARD_MANIFEST_PATH: manifest,
    SAFEGUARD_SERVER: server,
    SAFEGUARD_COMMAND: command,
    SAFEGUARD_SERVER_TOKEN: token,
    // The forge's own: nobody else gets to see it.
    SAFEGUARD_TOKEN: _forge,
    ...env
  } = process.env;
  const options = [
    ...(base === undefined ? [] : ['--base', base]),
    ...(manifest ? ['--manifest-path', manifest] : []),
    ...(server ? ['--server', server] : []),
    '--format',
    format,
    ...more,
  ];
  const safeguard = command || join(import.meta.dirname, '..', 'safeguard');
  const { status, stdout, error } = spawnSync(safeguard, ['check', ...options], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...env, ...(token ? { SAFEGUARD_TOKEN: token } : {}) },
  });
  if (error !== undefined) console.error(`safeguard: ${error.message}`);
  return { code: status ?? 70, text: stdout ?? '' };
}

/** A shallow clone does not have the commit that is compared with. */
function fetchBase(base: string): void {
  const has = spawnSync('git', ['cat-file', '-e', `${base}^{commit}`], { stdio: 'ignore' });
  if (has.status === 0 || !/^[0-9a-f]{40,64}$/.test(base)) return;
  spawnSync('git', ['fetch', '--no-tags', '--depth=1', 'origin', base], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
