import { codeName } from '../cargo/manifest/targets.ts';
import { isHelper } from './capability/acts.ts';
import { stringOf } from './literal.ts';
import { openTree } from './module-tree.ts';
import type { PackageSource } from './package-source.ts';
import { folderOf, joined } from './source-path.ts';
import { isSign, isWord, nameOf } from './tokens.ts';

/** Whether a build script may set a `cfg` of that name for its own package, such as `test`, which nobody else does. */
export type ScriptSets = (name: string) => boolean;

/**
 * What the build scripts of a package print as `rustc-cfg` (The Cargo Book, "Outputs of the Build Script"): the names that
 * follow it in a text; where it stands without one, every word of the script. One that cannot be read, or that calls crates
 * that are not known here, may set any. A lint keeps them from setting what rustc sets itself, but not in dependencies.
 */
export function scriptSets(source: PackageSource): ScriptSets {
  const named = new Set<string>();
  const words = new Set<string>();
  const text = (value: string) => {
    for (const [, name = ''] of value.matchAll(setting)) named.add(name);
    for (const word of value.replaceAll(setting, '').replaceAll(checking, '').match(/\w+/g) ?? [])
      words.add(word);
  };
  let reads = false;
  const helpers = new Set(
    source.dependencies.flatMap(({ kind, name, package: crate }) =>
      kind === 'build' && isHelper(codeName(crate)) ? [codeName(name)] : [],
    ),
  );
  for (const root of source.buildScripts) {
    const { modules, unfollowed } = openTree(root, source.files, () => undefined, source.edition).tree;
    if (unfollowed.length > 0) return () => true;
    for (const { tokens, range, file } of modules)
      for (let at = range.from; at < range.to; at++) {
        const value = stringOf(tokens, at);
        if (value !== undefined) text(value);
        else if (reading.has(nameOf(tokens, at) ?? '')) reads = true;
        else if (helpers.has(nameOf(tokens, at) ?? '')) return () => true;
        else if (
          (isWord(tokens, at, 'include_str') || isWord(tokens, at, 'include_bytes')) &&
          isSign(tokens, at + 1, '!')
        ) {
          const path = stringOf(tokens, at + 3);
          const other = path === undefined ? undefined : source.files(joined(folderOf(file), path));
          if (other === undefined) return () => true;
          text(other);
        }
      }
  }
  if (source.metabuild.length > 0) return () => true;
  // What it prints may stand in a file that it reads.
  if (reads) for (const written of saidInFiles(source)) text(written);
  const isPutTogether = words.has('rustc') && words.has('cfg');
  return (name) => named.has(name) || (isPutTogether && words.has(name));
}

/** Ways to have a file's text. */
const reading: ReadonlySet<string> = new Set([
  'read_to_string',
  'read',
  'open',
  'OpenOptions',
  'File',
  'BufReader',
  'copy',
  'fs_err',
]);

/** The lines of a package's other files that set a `cfg`. */
function* saidInFiles({ all }: PackageSource): Generator<string> {
  for (const path of all?.paths ?? []) {
    const bytes = path.endsWith('.rs') ? undefined : all?.bytes(path);
    const text =
      bytes === undefined ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (text?.includes('rustc-cfg=') !== true) continue;
    for (const line of text.toString('utf8').split('\n')) if (/^\s*cargo::?rustc-cfg=/.test(line)) yield line;
  }
}

const setting = /\brustc-cfg=\s*["']?(\w+)/g;
const checking = /\brustc-check-cfg\b.*/g;
