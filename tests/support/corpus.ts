/** Applications of the lockfile corpus, unpacked as their `.crate` has them; fetched once and kept. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseIndexLine } from '../../src/cargo/index-entry.ts';
import { downloadUrl, indexPath } from '../../src/cargo/index-path.ts';
import { testCache } from './peers.ts';

const run = promisify(execFile);
const list = join(import.meta.dirname, '../../../shared/data/lockfile-corpus.txt');

export interface CorpusCrate {
  readonly name: string;
  readonly version: string;
  /** Packages that its lockfile has. */
  readonly packages: number;
}

/** The corpus, smallest first; empty where ../shared/data is not there. */
export function corpus(): readonly CorpusCrate[] {
  if (!existsSync(list)) return [];
  return readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map(([name = '', version = '', packages]) => ({ name, version, packages: Number(packages) }))
    .sort((a, b) => a.packages - b.packages);
}

/** The folder with the crate's Cargo.toml and Cargo.lock. */
export async function corpusFolder({ name, version }: Omit<CorpusCrate, 'packages'>): Promise<string> {
  const folder = join(testCache, 'corpus', `${name}-${version}`);
  if (existsSync(join(folder, 'Cargo.lock'))) return folder;
  const bytes = await download(name, version);
  const unpacking = `${folder}.${process.pid}`;
  rmSync(unpacking, { recursive: true, force: true });
  mkdirSync(unpacking, { recursive: true });
  writeFileSync(join(unpacking, 'crate'), bytes);
  await run('tar', ['xzf', 'crate', '--strip-components', '1'], { cwd: unpacking });
  rmSync(join(unpacking, 'crate'));
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(unpacking, folder);
  return folder;
}

async function download(name: string, version: string): Promise<Buffer> {
  const index = `https://${['index', 'crates.io'].join('.')}/`;
  const { dl } = (await (await fetched(`${index}config.json`)).json()) as { dl: string };
  const lines = (await (await fetched(index + indexPath(name))).text()).split('\n');
  const entry = lines
    .filter((line) => line !== '')
    .map(parseIndexLine)
    .find(({ vers }) => vers === version);
  if (entry === undefined) throw new Error(`the registry has no ${name} ${version}`);
  const url = downloadUrl(dl, { crate: name, version, checksum: entry.cksum });
  const bytes = Buffer.from(await (await fetched(url)).arrayBuffer());
  const checksum = createHash('sha256').update(bytes).digest('hex');
  if (checksum !== entry.cksum) throw new Error(`${name} ${version} came damaged`);
  return bytes;
}

async function fetched(url: string): Promise<Response> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}
