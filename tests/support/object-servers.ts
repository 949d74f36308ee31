/** Object stores that others wrote, over a folder whose folders are its buckets: versitygw and s3s-fs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cargoPeer, goPeer } from './peers.ts';
import { type Cleanup, tempDir } from './temp.ts';

/** What they all take. */
export const objectKeys = { accessKey: 'AKTEST', secretKey: 'secret/+key' };

type Start = (program: string, folder: string, port: number) => ChildProcess;

/** How each is had, and started. Having one throws `PeerMissing` where it cannot be had. */
export const objectServers: Readonly<
  Record<string, { readonly program: () => Promise<string>; readonly start: Start }>
> = {
  versitygw: {
    program: () => goPeer('github.com/versity/versitygw/cmd/versitygw', 'v1.8.0'),
    start: (program, folder, port) => {
      const login = ['--access', objectKeys.accessKey, '--secret', objectKeys.secretKey];
      const at = ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', '--quiet'];
      // The folder of a test may have no extended attributes.
      const sidecar = join(folder, '../sidecar');
      mkdirSync(sidecar, { recursive: true });
      return spawn(program, [...login, ...at, 'posix', '--sidecar', sidecar, folder]);
    },
  },
  's3s-fs': {
    program: () => cargoPeer('s3s-fs', '0.14.1', ['binary']),
    start: (program, folder, port) => {
      const login = ['--access-key', objectKeys.accessKey, '--secret-key', objectKeys.secretKey];
      return spawn(program, ['--host', '127.0.0.1', '--port', String(port), ...login, folder]);
    },
  },
};

export interface ObjectServer {
  /** Its bucket `crates`. */
  readonly url: string;
  /** As `kill -9`; resolves when it answers again over the same folder, after so many milliseconds or more. */
  kill(pause: number): Promise<void>;
}

/** Starts one of them; it ends with the test. Throws `PeerMissing` where it cannot be had. */
export async function objectServer(name: string, t: Cleanup): Promise<ObjectServer> {
  const server = objectServers[name];
  if (server === undefined) throw new Error(`There are ${Object.keys(objectServers).join(' and ')}.`);
  const program = await server.program();
  const folder = join(tempDir(t, 'safeguard-objects-'), 'buckets');
  mkdirSync(join(folder, 'crates'), { recursive: true });
  const port = await freePort();
  let child: ChildProcess | undefined;
  t.after(() => void child?.kill('SIGKILL'));
  const start = async () => {
    child = server.start(program, folder, port);
    const said: string[] = [];
    child.stdout?.resume();
    child.stderr?.on('data', (chunk) => said.push(String(chunk)));
    await answers(port, said);
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}/crates`,
    kill: async (pause) => {
      const killed = child;
      killed?.kill('SIGKILL');
      if (killed !== undefined && killed.exitCode === null && killed.signalCode === null)
        await once(killed, 'exit');
      await setTimeout(pause);
      await start();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Once somebody answers there at all. */
async function answers(port: number, said: readonly string[]): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer !== undefined) return void (await answer.text());
    await setTimeout(100);
  }
  throw new Error(`it does not answer: ${said.join('')}`);
}
