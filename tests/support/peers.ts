/** The tools that people trust today, built once by cargo and kept; for suites that only `./test --all` runs. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where built peers and fetched crates are kept between runs. */
export const testCache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'safeguard-test');

/** The path of a peer's program, installed with `cargo install --locked --debug` where it is not there yet. */
export async function peer(name: string, version: string): Promise<string> {
  const root = join(testCache, name);
  const program = join(root, 'bin', name);
  if (existsSync(program) && installed(root).includes(`"${name} ${version} `)) return program;
  mkdirSync(root, { recursive: true });
  const install = ['cargo', 'install', '--locked', '--debug', name, '--version', version, '--root', root];
  await run('nice', [...install, '--force'], {
    maxBuffer: 1 << 26,
    env: { ...process.env, CARGO_PROFILE_DEV_DEBUG: '0', CARGO_INCREMENTAL: '0' },
  });
  return program;
}

/** What cargo says that it installed there (cargo: `CrateListingV1`); not every program knows `--version`. */
function installed(root: string): string {
  const list = join(root, '.crates.toml');
  return existsSync(list) ? readFileSync(list, 'utf8') : '';
}
