/** A PostgreSQL that is killed and started again over the same data, on loopback's unix socket. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { findBinaries, serverUser } from './postgres.ts';
import { type Cleanup, tempDir } from './temp.ts';

export interface KillableDatabase {
  readonly url: string;
  /** As `kill -9`; resolves when it is up again, after so many milliseconds or more. */
  kill(pause: number): Promise<void>;
}

export async function killableDatabase(t: Cleanup): Promise<KillableDatabase> {
  const binaries = findBinaries() ?? '';
  const user = serverUser();
  const home = tempDir(t, 'safeguard-chaos-pg-');
  const data = join(home, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) for (const folder of [home, data]) chownSync(folder, user.uid, user.gid);
  const as = { ...user, cwd: home };
  const init = ['-D', data, '-U', 'safeguard', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'];
  execFileSync(join(binaries, 'initdb'), init, { ...as, stdio: 'ignore' });
  // Acknowledged is on disk: the machine stays up, so what the kernel has taken is enough.
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${home}`,
    'fsync=off',
    'max_connections=60',
  ];
  let server: ChildProcess | undefined;
  t.after(() => void server?.kill('SIGQUIT'));
  const start = async () => {
    // The processes of the one before take a moment to notice that it is gone.
    for (let attempt = 0; attempt < 100; attempt++) {
      const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
      const child = spawn(join(binaries, 'postgres'), args, { ...as, stdio: ['ignore', 'ignore', 'pipe'] });
      const lines = createInterface(child.stderr);
      const ready = new Promise<boolean>((resolve) => {
        lines.on('line', (line) => line.includes('ready to accept connections') && resolve(true));
        child.once('exit', () => resolve(false));
      });
      if (await ready) {
        server = child;
        return;
      }
      await setTimeout(200);
    }
    throw new Error('the database does not start again');
  };
  await start();
  return {
    url: `postgres://safeguard@/postgres?host=${encodeURIComponent(home)}`,
    kill: async (pause) => {
      const killed = server;
      killed?.kill('SIGKILL');
      if (killed !== undefined && killed.exitCode === null && killed.signalCode === null)
        await once(killed, 'exit');
      await setTimeout(pause);
      await start();
    },
  };
}
