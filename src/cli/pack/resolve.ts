import { readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackedKind } from './format.ts';

/** Packages that most commands read. Others are left to Node: they are the server's, and some look for files of their own. */
const packed = new Set([
  ...['commander', 'kysely', 'lru-cache', 'parse-duration', 'smol-toml', 'undici', 'yaml', 'zod'],
]);

/** What a name in a module leads to: a file that is packed, or a name for Node to resolve. */
export type Target =
  | { readonly path: string; readonly esm: boolean }
  | { readonly name: string; readonly esm: boolean };

/** Resolves as Node does for `import` or `require`; `undefined` for a file that is not there. */
export function targetOf(from: string, name: string, by: 'import' | 'require'): Target | undefined {
  if (isBuiltin(name)) return { name, esm: false };
  const isFile = name.startsWith('.');
  if (isFile && by === 'import') return { path: join(dirname(from), name), esm: true };
  let path: string;
  try {
    path = createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
  if (isFile) return { path, esm: false };
  // Of a package with two forms, that which `require` reads is packed.
  const esm = by === 'import' && kindOf(fileURLToPath(import.meta.resolve(name))) === 'module';
  const owner = /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '';
  return packed.has(owner) ? { path, esm } : { name, esm };
}

/** How Node would run a file. */
export function kindOf(path: string): PackedKind {
  const extension = extname(path);
  if (extension === '.json') return 'json';
  if (extension === '.ts' || extension === '.mjs') return 'module';
  return extension === '.js' && typeOf(dirname(path)) === 'module' ? 'module' : 'commonjs';
}

const types = new Map<string, string>();

/** The `type` that counts for the files of a folder. */
function typeOf(folder: string): string {
  const known = types.get(folder);
  if (known !== undefined) return known;
  const manifest = join(folder, 'package.json');
  const hasOne = statSync(manifest, { throwIfNoEntry: false })?.isFile() === true;
  const own = () => String((JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type);
  const type = hasOne ? own() : dirname(folder) === folder ? '' : typeOf(dirname(folder));
  types.set(folder, type);
  return type;
}
