/** Runs Safeguard as a user who is nobody special, where the tests run as root: CI of a container does, and people do not. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { finished, type Ran, type RunOptions, start } from '../cli/support.ts';
import { type Cleanup, tempDir } from './temp.ts';

/** By number; that of `nobody` on most machines. */
const user = '65534';

const alone = ['--mount', '--propagation', 'private', '--'];
const become = ['--reuid', user, '--regid', user, '--clear-groups'];

/** Why there can be none, or `undefined`; for the `skip` option of a test. */
export function ordinaryUserAvailable(): string | undefined {
  if (process.getuid?.() !== 0) return 'the tests run as an ordinary user already';
  const tried = spawnSync('unshare', [...alone, 'setpriv', ...become, 'bwrap', '--version']);
  return tried.status === 0 ? undefined : 'root may not become another user here';
}

export interface OrdinaryUser {
  /** Gives a folder away to that user, with all that is in it. */
  readonly give: (folder: string) => void;
  /** Runs `safeguard`. */
  readonly safeguard: (args: readonly string[], options: RunOptions) => Promise<Ran>;
}

/**
 * Node, this checkout and the toolchain are root's, below folders that nobody else may enter; they are bound to where
 * everybody may, in a mount namespace of each run.
 */
export function ordinaryUser(t: Cleanup): OrdinaryUser {
  const place = tempDir(t, 'safeguard-user-');
  execFileSync('chmod', ['755', place]);
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim();
  const bound = {
    node: dirname(process.execPath),
    checkout: fileURLToPath(new URL('../..', import.meta.url)),
    toolchain: sysroot,
  };
  for (const name of Object.keys(bound)) mkdirSync(join(place, name));
  const binds = Object.entries(bound).map(([name, from]) => `mount --rbind '${from}' '${place}/${name}'`);
  const script = `${binds.join(' && ')} && exec setpriv ${become.join(' ')} "$@"`;
  return {
    give: (folder) => void execFileSync('chown', ['-R', `${user}:${user}`, folder]),
    safeguard: (args, { cwd, env = {} }) => {
      const main = join(place, 'checkout/src/cli/main.ts');
      const words = [...alone, 'sh', '-c', script, 'sh', join(place, 'node/node'), main, ...args];
      const PATH = `${place}/toolchain/bin:${place}/node:/usr/local/bin:/usr/bin:/bin`;
      const own = { XDG_CACHE_HOME: join(env.HOME ?? cwd, '.cache'), PATH };
      return finished(start('unshare', words, { cwd, env: { ...env, ...own } }));
    },
  };
}
