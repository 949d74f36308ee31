import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The built pages: one document for every address of theirs, and what it loads. */
export interface Pages {
  readonly document: PageFile;
  /** Below `/assets/`; their names change with their bytes. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** Where `npm run build` of the package `web` puts them, in a checkout and in an installed package. */
const folder = join(import.meta.dirname, '..', '..', 'web', 'dist');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Whether there are pages to be shown. */
export function pagesAreBuilt(from = folder): boolean {
  return existsSync(join(from, 'index.html'));
}

/** Reads the pages into memory; `undefined` where they were not built. Some 400 KB: no request reads a file. */
export function readPages(from = folder): Pages | undefined {
  if (!pagesAreBuilt(from)) return undefined;
  const assets = join(from, 'assets');
  const names = existsSync(assets) ? readdirSync(assets).filter((name) => extname(name) in types) : [];
  return {
    document: read(join(from, 'index.html')),
    assets: new Map(names.map((name) => [name, read(join(assets, name))])),
  };
}

function read(path: string): PageFile {
  const bytes = readFileSync(path);
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    bytes,
    gzipped: gzipSync(bytes),
    etag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
  };
}
