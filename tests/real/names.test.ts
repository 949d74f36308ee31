/**
 * Names that rustc resolves into `std::process`, `net`, `fs` and `env`, in whatever way they are written, are found by our reader
 * in the same line. Asking rustc takes many minutes once; its answers are kept.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { CargoHome, cargoHomeFolder } from '../../src/gate/project/cargo-home.ts';
import type { Role } from '../../src/rust/capability/role.ts';
import { codeTree } from '../../src/rust/code-tree.ts';
import type { FullPath } from '../../src/rust/full-path.ts';
import { NameFilter } from '../../src/rust/name-filter.ts';
import { crateNames, type PackageSource, packageSource } from '../../src/rust/package-source.ts';
import { mentionsOf } from '../../src/rust/paths.ts';
import { PathResolver } from '../../src/rust/resolve.ts';
import { Lines, type TokenRange, type Tokens } from '../../src/rust/tokens.ts';
import { askNames, type CrateNames, type ResolvedPath } from '../support/names-oracle.ts';
import { testCache } from '../support/peers.ts';
import { keyOf, toolchain } from '../support/unit-graph.ts';

const project = join(import.meta.dirname, 'names');
const modules = ['process', 'net', 'fs', 'env'];

/** What is known to be missed, each with its cause. */
const explained: readonly string[] = [];

it('names of the standard library are found where rustc finds them', {
  skip: toolchain === undefined,
}, (t) => {
  const key = keyOf(toolchain?.version, readFileSync(join(project, 'Cargo.lock'), 'utf8'));
  const answers = askNames(project, join(testCache, 'names'), key);
  const counts = { crates: 0, files: 0, asked: 0, 'made by other macros': 0, 'brought by other crates': 0 };
  const missed: string[] = [];
  for (const answer of answers) {
    if (answer.code !== 0) continue;
    const [, folder = '', id = '', root = ''] =
      /^(.*\/registry\/src\/[^/]+\/([^/]+))\/(.*)$/.exec(answer.root) ?? [];
    counts.crates++;
    counts.files += answer.files.filter((file) => inPackage(file, folder) !== undefined).length;
    if (answer.found.length === 0) continue;
    const { source, text } = packageOf(id);
    const ours = namesOf(source, root, answer);
    for (const path of distinct(answer.found)) {
      const file = inPackage(path.file, folder);
      const source = file === undefined ? undefined : text(file);
      if (file === undefined || source === undefined) continue;
      const line = source.split('\n')[path.line - 1] ?? '';
      if (!path.plain && !isWritten(line.slice(path.column - 1), path.names)) {
        counts['made by other macros']++;
        continue;
      }
      counts.asked++;
      const here = ours.get(`${file}:${path.line}`) ?? [];
      const isSame = (one: FullPath) => leadsTo(one, path.to);
      // What a macro of the crate makes counts as the line of its call.
      if (here.some(isSame) || (!path.plain && [...ours.values()].flat().some(isSame))) continue;
      const name = path.to.split('::').at(-1) ?? '';
      if (here.some((one) => one[0] !== 'std' && one.includes(name))) counts['brought by other crates']++;
      else missed.push(`${id} ${file}:${path.line}:${path.column} ${path.to}: ${line.trim()}`);
    }
  }
  t.diagnostic(JSON.stringify(counts));
  for (const one of missed) t.diagnostic(one);
  assert.ok(counts.files >= 2000, `${counts.files} files`);
  assert.deepEqual(missed, explained);
});

/** A file's path in its package; rustc is given paths from the root, or from the package. */
function inPackage(file: string, folder: string): string | undefined {
  if (!file.startsWith('/')) return file;
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : undefined;
}

const home = new CargoHome(cargoHomeFolder());

function packageOf(id: string): {
  readonly source: PackageSource;
  readonly text: (path: string) => string | undefined;
} {
  const [, name = '', version = ''] = /^(.*?)-(\d+\.\d+\.\d+.*)$/.exec(id) ?? [];
  const [bytes] = home.archives(name, version);
  assert.ok(bytes !== undefined, `${id} is fetched`);
  const files = new Map(readCrateArchive(bytes).files.map((file) => [file.path, file.bytes]));
  const text = (path: string) => {
    const found = files.get(path);
    return found === undefined ? undefined : new TextDecoder().decode(found);
  };
  return { source: packageSource(text('Cargo.toml') ?? '', text), text };
}

/** What paths of a crate lead to, by file and line. */
function namesOf(
  source: PackageSource,
  root: string,
  { found }: CrateNames,
): ReadonlyMap<string, readonly FullPath[]> {
  const items = new Set(found.map(({ to }) => to.split('::').at(-1) ?? ''));
  const words = new NameFilter(
    new Set([...modules, ...found.flatMap(({ to, names }) => [...to.split('::'), ...names])]),
  );
  const role: Role = source.buildScripts.includes(root)
    ? 'build-script'
    : source.procMacro
      ? 'proc-macro'
      : 'library';
  const tree = codeTree(source, root, role).expand((tokens, range) => hasWord(tokens, range, words));
  const resolver = new PathResolver(tree, crateNames(source, role === 'build-script' ? 'build' : 'normal'));
  const isWanted = (path: FullPath) =>
    path[0] === 'std'
      ? modules.includes(path[1] ?? '')
      : path[0] !== 'crate' && path.some((name) => items.has(name));
  const lines = new Lines();
  const byLine = new Map<string, FullPath[]>();
  for (const { module, at, path } of mentionsOf(tree, resolver, { path: isWanted, root: () => true }).found) {
    const key = `${module.file}:${lines.of(module.tokens, at)}`;
    byLine.set(key, [...(byLine.get(key) ?? []), path]);
  }
  return byLine;
}

function hasWord(tokens: Tokens, { from, to }: TokenRange, words: NameFilter): boolean {
  for (let at = from; at < to; at++) if (words.has(tokens, at)) return true;
  return false;
}

/** Whether ours goes by the module and has the item's name; rustc names private modules on the way (`net::tcp::TcpStream`). */
function leadsTo([root, module, ...rest]: FullPath, to: string): boolean {
  const [, theirs, ...names] = to.split('::');
  const name = names.at(-1);
  return (
    root === 'std' && module === theirs && (name === undefined || rest.includes(name) || rest.includes('*'))
  );
}

/** Whether a path stands there, rather than what a macro of another crate makes with the place of its call. */
function isWritten(text: string, names: readonly string[]): boolean {
  if (text.startsWith('<')) return true;
  const [, first = ''] = /^(?:::\s*)?(?:r#)?(\$?\w+)/.exec(text) ?? [];
  return first === names.find((name) => name !== '{{root}}');
}

function distinct(paths: readonly ResolvedPath[]): readonly ResolvedPath[] {
  return [
    ...new Map(paths.map((path) => [`${path.file}:${path.line}:${path.column} ${path.to}`, path])).values(),
  ];
}
