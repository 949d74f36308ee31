import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

// How many answers a second a server gives for one address.

/** One index file and one download that are asked for again and again: a crate that every project has. */
export const hot = { crate: 'anyhow', version: '1.0.98' };

/** Where a registry has the bytes of the crate that is asked for again and again; they are there from then on. */
export async function downloadOf(index: string): Promise<string> {
  const { dl } = (await (await fresh(`${index}config.json`)).json()) as { dl: string };
  const url = dl.includes('{crate}')
    ? dl.replaceAll('{crate}', hot.crate).replaceAll('{version}', hot.version)
    : `${dl}/${hot.crate}/${hot.version}/download`;
  await (await fresh(url)).arrayBuffer();
  return url;
}

/** Asked a second time where the kept connection was closed under a load in between. */
export function fresh(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers }).catch(() => fetch(url, { headers }));
}

/** Requests a second at 32 connections, for eight seconds. */
export function wrk(url: string, ...headers: string[]): string {
  const output = execFileSync(
    'wrk',
    ['-t1', '-c32', '-d8s', ...headers.flatMap((header) => ['-H', header]), url],
    { encoding: 'utf8' },
  );
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1];
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1];
  return `${Math.round(Number(rate)).toLocaleString('en')}${failed === undefined ? '' : ` (${failed} refused)`}`;
}

/** The rate of a server that does nothing but send what that URL answers. */
export async function bareRate(url: string): Promise<string> {
  const bare = spawn(process.execPath, [join(import.meta.dirname, 'bare.ts'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(bare.stdout, 'data')) as [Buffer];
    return wrk(line.toString().trim(), 'accept-encoding: gzip');
  } finally {
    bare.kill();
  }
}
