import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFiles } from './version.ts';

/** Files of a crate that are looked at, and bytes of one: SQLite's header has 700 kB. */
const maxFiles = 50_000;
const maxBytes = 4 * 1024 * 1024;

/** The files of a crate in a folder; links are not followed. */
export function sourcesIn(folder: string): SourceFiles {
  const paths: string[] = [];
  const waiting = [''];
  for (let at = waiting.pop(); at !== undefined && paths.length < maxFiles; at = waiting.pop())
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isFile()) paths.push(path);
      else if (entry.isDirectory() && entry.name !== '.git') waiting.push(path);
    }
  return {
    paths: paths.sort(),
    text: (path) => {
      const file = join(folder, path);
      return statSync(file).size > maxBytes ? undefined : readFileSync(file, 'utf8');
    },
  };
}

/** Where cargo unpacked a release (cargo: `registry/src/INDEX-HASH/NAME-VERSION`); `undefined` where it is no registry's. */
export function unpackedAt(cargoHome: string, name: string, version: string): string | undefined {
  const sources = join(cargoHome, 'registry/src');
  if (!existsSync(sources)) return undefined;
  return readdirSync(sources)
    .map((registry) => join(sources, registry, `${name}-${version}`))
    .find((folder) => existsSync(folder));
}
