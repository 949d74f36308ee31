import { parse } from 'smol-toml';
import { isMap, isScalar, isSeq } from 'yaml';
import { globMatches } from '../project/glob.ts';
import { type CiKind, ciKind, fragmentsOf } from './ci-text.ts';
import { commandsIn, programName, programWords } from './program-words.ts';
import { rememberedByKind } from './remembered.ts';
import { isShell, type ShellCommand } from './shell.ts';
import { filesNamed, folderOf, inFolder, type Side, textOf } from './side.ts';
import { visitYaml } from './yaml-file.ts';

/**
 * The files that CI runs, in a fixed order, and of what kind each is: those that their names tell, and those that such
 * a file names in turn, as far as they were read: scripts that it calls, and what it includes.
 */
export function ciKinds(side: Side | undefined): ReadonlyMap<string, CiKind> {
  const kinds = new Map<string, CiKind>();
  for (const file of filesNamed(side, (path) => ciKind(path) !== undefined))
    kinds.set(file, ciKind(file) ?? 'shell');
  if (side === undefined) return kinds;
  // The map grows while it is walked: what is named may name more.
  for (const [file, kind] of kinds) {
    const text = textOf(side, file);
    if (text === undefined) continue;
    for (const named of namedIn(kind, text)) {
      for (const path of pathsOf(side, file, named)) if (!kinds.has(path)) kinds.set(path, named.kind);
    }
  }
  return new Map([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A file that a file of CI names. */
interface NamedFile {
  /** As it is written, a leading variable left out; `*` stands for any name, `**` for any path. */
  readonly path: string;
  readonly kind: CiKind;
}

const namedIn = rememberedByKind((kind: CiKind, text: string): readonly NamedFile[] => {
  const commands = fragmentsOf(kind, text).flatMap(({ text: shell, start }) => commandsIn(shell, start));
  return [...includedIn(kind, text).map((path) => ({ path, kind })), ...commands.flatMap(calledIn)];
}, 'named-files');

/** Files of the project that may be meant: from its folder, or from that of the file which names it. */
function pathsOf(side: Side, file: string, { path }: NamedFile): readonly string[] {
  const found = ['', folderOf(file)].flatMap((folder) => inFolder(folder, path.replace(/^\/+/, '')) ?? []);
  if (!path.includes('*')) return found.filter((one) => side.paths.has(one));
  return found.flatMap((one) => {
    // Only `**` goes into folders, none included.
    const [glob, depth] = [one.replaceAll('**/', '**'), one.includes('**') ? undefined : depthOf(one)];
    return filesNamed(side, (each) => (depth ?? depthOf(each)) === depthOf(each) && globMatches(glob, each));
  });
}

function depthOf(path: string): number {
  return path.split('/').length;
}

/** What a file takes in of others of its kind, by its format's documentation. */
function includedIn(kind: CiKind, text: string): readonly string[] {
  switch (kind) {
    case 'gitlab':
      return localIncludes(text);
    case 'pipeline':
      return templates(text);
    case 'cargo-make':
      return extended(text);
    case 'make':
      return linesOf(text, /^[ \t]*-?s?include[ \t]+(.+)$/gm);
    case 'just':
      return linesOf(text, /^(?:import\??|mod\??\s+[\w-]+)\s+(?:"([^"\n]+)"|'([^'\n]+)')/gm);
    case 'jenkins':
      return linesOf(text, /\bload\b[\s(]*(?:"([^"\n]+)"|'([^'\n]+)')/g);
    default:
      return [];
  }
}

function linesOf(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, ...groups]) => groups.join(' ').trim().split(/\s+/));
}

/** GitLab's `include`: a path, a list of them, or `local` in a table of one. What is elsewhere is not in the project. */
function localIncludes(text: string): readonly string[] {
  const found: string[] = [];
  const take = (node: unknown) => {
    if (isSeq(node)) node.items.forEach(take);
    else if (isMap(node)) take(node.get('local', true));
    else if (isScalar(node) && typeof node.value === 'string' && !/^https?:/.test(node.value))
      found.push(node.value);
  };
  visitYaml(text, {
    Pair: (_, { key, value }) => void (isScalar(key) && key.value === 'include' && take(value)),
  });
  return found;
}

/** Azure's `template: PATH`; one with `@` is another repository's. */
function templates(text: string): readonly string[] {
  const found: string[] = [];
  visitYaml(text, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'template' || !isScalar(value)) return;
      const path = String(value.value);
      if (/\.ya?ml$/.test(path)) found.push(path);
    },
  });
  return found;
}

/** cargo-make's `extend`: a path, a table with one, or a list of such tables. */
function extended(text: string): readonly string[] {
  try {
    const { extend } = parse(text, { integersAsBigInt: 'asNeeded' });
    return [extend].flat().flatMap((one) => {
      const path = typeof one === 'object' && one !== null && 'path' in one ? one.path : one;
      return typeof path === 'string' ? [path] : [];
    });
  } catch {
    return [];
  }
}

/** Programs that take a file of commands, the option that names it, and its kind. */
const named: readonly (readonly [program: RegExp, options: readonly string[], kind: CiKind])[] = [
  [/^g?make$/, ['-f', '--file', '--makefile'], 'make'],
  [/^just$/, ['-f', '--justfile'], 'just'],
  [/^(?:cargo|makers)$/, ['--makefile'], 'cargo-make'],
  [/^(?:docker|podman|buildah)$/, ['-f', '--file'], 'docker'],
  [/^buildkite-agent$/, ['upload'], 'pipeline'],
];

/** Programs that look at a script, and do not run it. */
const readers =
  /^(?:shellcheck|shfmt|bashate|chmod|chown|cp|mv|rm|cat|git|sed|grep|echo|printf|ln|install|tar|test|\[|\[\[)$/;

/** The files of commands that a command runs. */
function calledIn(command: ShellCommand): readonly NamedFile[] {
  const { words: all } = programWords(command);
  const words = all.map(({ text }) => text);
  const [first] = all;
  if (first === undefined || readers.test(programName(first.text))) return [];
  const told = named.flatMap(([pattern, options, kind]) => {
    const at = pattern.test(programName(first.text))
      ? words.findIndex((word) => options.includes(word.replace(/=.*$/, '')))
      : -1;
    const path = at === -1 ? undefined : (/=(.+)$/.exec(words[at] ?? '')?.[1] ?? words[at + 1]);
    return path === undefined ? [] : [{ path, kind }];
  });
  const scripts = words.filter((word, i) => {
    if (/\.(?:sh|bash|ps1|cmd|bat)$/i.test(word)) return true;
    // A script without an ending: the command itself, or what a shell is given.
    const before = words[i - 1] ?? '';
    const isRun = i === 0 || /^(?:\.|source)$/.test(before) || isShell(before);
    return isRun && word.includes('/') && !word.startsWith('/') && !/\.\w+$/.test(word);
  });
  return [...told, ...scripts.map((path) => ({ path, kind: 'shell' as const }))].map((one) => ({
    ...one,
    path: withoutVariable(one.path),
  }));
}

/** `$GITHUB_WORKSPACE/ci/build.sh` is most likely of the project. */
function withoutVariable(path: string): string {
  return path.replace(/^(?:\$\{\{[^}]*\}\}|\$\{[^}]*\}|\$\([^)]*\)|\$\w+)[/\\]/, '');
}
