import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../gate/project/cache-folder.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Notes for this user's other commands where the server on a port of this machine keeps its data, so that they find its token from
 * any folder. Returns what takes the note back. A home that cannot be written is no reason not to serve.
 */
export async function noteServer(
  url: string,
  data: string,
  env: Env = process.env,
): Promise<() => Promise<void>> {
  const folder = folderOf(env);
  const file = join(folder, `${portOf(url)}.json`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await forgetEnded(folder);
    await writeFile(file, `${JSON.stringify({ data: resolve(data) })}\n`, { mode: 0o600 });
  } catch {
    return async () => undefined;
  }
  return () => rm(file, { force: true }).catch(() => undefined);
}

/** The data folder of this user's server at that address, as far as it was noted. */
export async function notedData(url: string, env: Env = process.env): Promise<string | undefined> {
  return await dataIn(join(folderOf(env), `${portOf(url)}.json`));
}

/** What servers left that were killed. */
async function forgetEnded(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const data = await dataIn(file);
    const isThere =
      data !== undefined && (await stat(join(data, 'server.json')).catch(() => undefined)) !== undefined;
    if (!isThere) await rm(file, { force: true });
  }
}

async function dataIn(file: string): Promise<string | undefined> {
  try {
    const { data } = JSON.parse(await readFile(file, 'utf8')) as { data?: unknown };
    return typeof data === 'string' ? data : undefined;
  } catch {
    return undefined;
  }
}

function folderOf(env: Env): string {
  return join(cacheFolder(env), 'servers');
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === 'https:' ? '443' : '80');
}
