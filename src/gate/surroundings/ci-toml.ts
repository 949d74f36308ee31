import { parse } from 'smol-toml';
import { LayoutError, layoutOf, type TomlValue } from '../../cargo/toml-layout.ts';
import { quotedContent, unescapedContent } from './ci-quoted.ts';
import { remembered } from './remembered.ts';
import { type Fragment, filler, type ShellCommand, type ShellWord } from './shell.ts';

// TOML files that say how a project is built, each by its program's documentation: cross (Cross.toml, and its tables in manifests),
// cargo-make (Makefile.toml), and pyproject.toml with maturin, setuptools-rust and cibuildwheel.

export type TomlKind = 'cross' | 'manifest' | 'cargo-make' | 'pyproject';

/** A target that a file says something of. */
export interface NamedTarget {
  readonly target: string;
  /** How the file says it. */
  readonly name: string;
  /** Offset in the file. */
  readonly start: number;
}

/** What such a file sets for cargo beside its shell text, and the calls of cargo that it stands for. */
export interface TomlBuilds {
  readonly targets: readonly NamedTarget[];
  readonly variables: readonly { readonly name: string; readonly value: string; readonly start: number }[];
  readonly calls: readonly ShellCommand[];
}

/** The shell text of such a file. Never throws. */
export function tomlFragments(kind: TomlKind, text: string): readonly Fragment[] {
  const nodes = nodesFor(kind, text);
  switch (kind) {
    case 'cross':
    case 'manifest':
      return nodes.flatMap((node) =>
        node.path.at(-1) === 'pre-build' && Array.isArray(node.value) ? script(text, node) : [],
      );
    case 'cargo-make':
      return taskFragments(text, nodes);
    case 'pyproject':
      return nodes.flatMap((node) => (isWheelScript(node) ? script(text, node) : []));
  }
}

/** What such a file says of builds. Never throws. */
export function tomlBuilds(kind: TomlKind, text: string): TomlBuilds {
  const nodes = nodesFor(kind, text);
  switch (kind) {
    case 'cross':
    case 'manifest':
      return { targets: crossTargets(nodes), variables: passedVariables(nodes), calls: [] };
    case 'cargo-make':
      return { targets: [], variables: variablesIn(nodes, 'env'), calls: [] };
    case 'pyproject':
      return {
        targets: named(nodes, ['tool', 'maturin', 'target'], 'tool.maturin.target'),
        variables: variablesIn(nodes.filter(isWheels), 'environment'),
        calls: [...maturinCall(nodes), ...extensionCalls(nodes)],
      };
  }
}

/** A key with a value that is no table, or a table's header. */
interface Node {
  /** The key's whole path; lists of tables have no numbers in it. */
  readonly path: readonly string[];
  /** Offset of the key. */
  readonly start: number;
  /** The same for the keys of one table. */
  readonly table: string;
  /** `undefined` for a header. */
  readonly value: unknown;
  /** The texts of the value, in its order. */
  readonly texts: readonly Literal[];
  /** The value's offsets. */
  readonly span: readonly [start: number, end: number];
}

/** A string of the file. */
interface Literal extends ShellWord {
  /** Offsets with its quotes. */
  readonly from: number;
  readonly to: number;
}

function nodesFor(kind: TomlKind, text: string): readonly Node[] {
  // Every manifest of a workspace comes by here, and hardly one has such a table.
  if (kind === 'manifest' && !/\bcross\b/.test(text)) return [];
  if (kind !== 'manifest') return nodesOf(text);
  return nodesOf(text).flatMap((node) => {
    const [owner, metadata, cross, ...path] = node.path;
    const isCross =
      (owner === 'package' || owner === 'workspace') && metadata === 'metadata' && cross === 'cross';
    return isCross ? [{ ...node, path }] : [];
  });
}

/** The keys of a TOML text, in its order; nothing for what is no TOML. */
const nodesOf = remembered((text): readonly Node[] => {
  try {
    parse(text, { integersAsBigInt: 'asNeeded' });
    const { tables, entries } = layoutOf(text);
    const headers = tables.map(({ path, start, end }): Node => {
      return { path, start, table: `${start}`, value: undefined, texts: [], span: [start, end] };
    });
    const keys = entries.flatMap(({ path, start, value, header }) =>
      valueNodes(text, path, start, `${header?.start ?? -1}`, value),
    );
    return [...headers, ...keys].sort((a, b) => a.start - b.start);
  } catch (error) {
    // Whoever reads the file refuses it as well. Tables nested without end leave the parser's stack.
    if (error instanceof LayoutError || error instanceof Error) return [];
    throw error;
  }
});

function valueNodes(
  text: string,
  path: readonly string[],
  start: number,
  scope: string,
  value: TomlValue,
): readonly Node[] {
  if (value.entries !== undefined) {
    return value.entries.flatMap((inner) =>
      valueNodes(text, [...path, ...inner.path], inner.start, `${value.start}`, inner.value),
    );
  }
  const elements = value.elements?.filter((each) => each.entries !== undefined) ?? [];
  const inner = elements.flatMap((each) => valueNodes(text, path, each.start, scope, each));
  const read = parse(`v = ${text.slice(value.start, value.end)}`, { integersAsBigInt: 'asNeeded' }).v;
  const table = JSON.stringify([scope, path.slice(0, -1)]);
  const texts = literalsIn(text, value);
  return [{ path, start, table, value: read, texts, span: [value.start, value.end] }, ...inner];
}

function literalsIn(text: string, { start, end, elements, entries }: TomlValue): readonly Literal[] {
  if (entries !== undefined) return [];
  if (elements !== undefined) return elements.flatMap((each) => literalsIn(text, each));
  const raw = text.slice(start, end);
  const mark = /^(?:"""|'''|"|')/.exec(raw)?.[0];
  if (mark === undefined) return [];
  const read = parse(`v = ${raw}`).v;
  return [{ text: String(read), start: start + mark.length, from: start, to: end }];
}

/** Strings as the lines of one script, at their places. */
function script(text: string, { texts }: Node): readonly Fragment[] {
  const first = texts[0];
  if (first === undefined) return [];
  let shell = '';
  let at = first.from;
  for (const literal of texts) {
    // What is between two lines is at least a comma.
    if (literal !== first) shell += `\n${filler.repeat(literal.from - at - 1)}`;
    const raw = text.slice(literal.from, literal.to);
    shell += raw.startsWith("'") ? quotedContent(raw) : unescapedContent(raw);
    at = literal.to;
  }
  return [{ text: shell, start: first.from }];
}

/** `command` with `args`, and `script` in its forms, of tasks and of what they are on one platform. */
function taskFragments(text: string, nodes: readonly Node[]): readonly Fragment[] {
  const byTable = Map.groupBy(nodes, ({ table }) => table);
  return nodes.flatMap((node): readonly Fragment[] => {
    const [last = '', above = ''] = [node.path.at(-1), node.path.at(-2)];
    const beside = byTable.get(node.table) ?? [];
    if (last === 'command' && typeof node.value === 'string') {
      const args = beside.find(({ path }) => path.at(-1) === 'args')?.texts ?? [];
      return [commandLine(text, [...node.texts, ...args])];
    }
    const isScript =
      last === 'script' ||
      last === 'condition_script' ||
      (above === 'script' && ['pre', 'main', 'post'].includes(last));
    const runner = beside.find(({ path }) => path.at(-1) === 'script_runner')?.value;
    if (!isScript || (typeof runner === 'string' && /^@?(?:rust|python|node|perl|ruby)/.test(runner)))
      return [];
    return script(text, node);
  });
}

/** Strings as the words of one command. Where they stand in that order in the file, each keeps its place. */
function commandLine(text: string, words: readonly Literal[]): Fragment {
  const first = words[0]?.from ?? 0;
  const isInOrder = words.every(({ from }, i) => i === 0 || from > (words[i - 1]?.from ?? 0));
  if (!isInOrder) return { text: words.map((word) => `'${word.text}'`).join(' '), start: first };
  let line = '';
  for (const { from, to } of words) {
    line += ' '.repeat(from - first - line.length) + text.slice(from, to);
  }
  return { text: line, start: first };
}

/** What an environment's table sets: `NAME = "value"`, `NAME = { value = "…" }`. */
function variablesIn(nodes: readonly Node[], table: string): TomlBuilds['variables'] {
  return nodes.flatMap(({ path, value, start }) => {
    const at = path.lastIndexOf(table);
    const own = path.at(-1) === 'value' ? path.slice(0, -1) : path;
    const name = own.at(-1);
    if (at === -1 || at >= own.length - 1 || name === undefined) return [];
    return ['string', 'boolean', 'number'].includes(typeof value)
      ? [{ name, value: String(value), start }]
      : [];
  });
}

/** Variables that cross hands on with a value of the file's: `passthrough = ["NAME=value"]`. */
function passedVariables(nodes: readonly Node[]): TomlBuilds['variables'] {
  const lists = nodes.filter(({ path }) => path.at(-1) === 'passthrough');
  return lists.flatMap(({ texts }) =>
    texts.flatMap(({ text, start }) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
      return name === undefined || value === undefined ? [] : [{ name, value, start }];
    }),
  );
}

function crossTargets(nodes: readonly Node[]): readonly NamedTarget[] {
  const usual = nodes.flatMap(({ path, value, start }): readonly NamedTarget[] =>
    path.join('.') === 'build.default-target' && typeof value === 'string'
      ? [{ target: value, name: 'default-target', start }]
      : [],
  );
  return [...usual, ...named(nodes, ['target'], '[target]')];
}

/** The targets that have a table of their own below a path. */
function named(nodes: readonly Node[], above: readonly string[], name: string): readonly NamedTarget[] {
  const found = new Map<string, NamedTarget>();
  for (const { path, start } of nodes) {
    const target = path[above.length];
    if (target === undefined || found.has(target) || above.some((part, i) => path[i] !== part)) continue;
    found.set(target, { target, name, start });
  }
  return [...found.values()];
}

function isWheels({ path: [tool, name] }: Node): boolean {
  return tool === 'tool' && name === 'cibuildwheel';
}

const wheelScripts = /^(?:before-(?:all|build|test)|test-command|repair-wheel-command|environment)$/;

function isWheelScript(node: Node): boolean {
  return isWheels(node) && wheelScripts.test(node.path.at(-1) ?? '') && node.texts.length > 0;
}

/** `[tool.maturin]`, as what it has maturin tell cargo. */
function maturinCall(nodes: readonly Node[]): readonly ShellCommand[] {
  const own = nodes.filter(
    ({ path, value }) => path.slice(0, 2).join('.') === 'tool.maturin' && value !== undefined,
  );
  return called(['maturin', 'build'], own, (path) => path.slice(2).join('.'));
}

/** `[[tool.setuptools-rust.ext-modules]]` and `bins`, each a build by `cargo rustc`. */
function extensionCalls(nodes: readonly Node[]): readonly ShellCommand[] {
  const own = nodes.filter(
    ({ path: [tool, name, list], value }) =>
      tool === 'tool' &&
      name === 'setuptools-rust' &&
      (list === 'ext-modules' || list === 'bins') &&
      value !== undefined,
  );
  return [...Map.groupBy(own, ({ table }) => table).values()].flatMap((keys) =>
    called(['cargo', 'rustc'], keys, (path) => path.slice(3).join('.')),
  );
}

/** Keys of a table as options of a command. */
function called(
  command: readonly string[],
  nodes: readonly Node[],
  keyOf: (path: readonly string[]) => string,
): readonly ShellCommand[] {
  const options = nodes.flatMap((node): readonly ShellWord[] => {
    const { path, value, texts, start } = node;
    const key = keyOf(path);
    const flag = flags[key];
    if (flag !== undefined) return value === true ? [{ text: flag, start }] : [];
    const option = valued[key];
    if (option !== undefined) return texts.flatMap((each) => [{ text: option, start: each.start }, each]);
    if (!words.has(key)) return [];
    return texts.flatMap((each) => {
      const split = each.text.split(/\s+/).filter((word) => word !== '');
      return split.map((text) => ({ text, start: each.start }));
    });
  });
  // Nothing but how the package is called, and whether it is stripped, says nothing of a build.
  const [first] = options;
  if (first === undefined) return [];
  return [[...command.map((text) => ({ text, start: first.start })), ...options]];
}

const flags: Readonly<Record<string, string>> = {
  'all-features': '--all-features',
  'no-default-features': '--no-default-features',
};
const valued: Readonly<Record<string, string>> = {
  features: '--features',
  // With a condition on Python's version: `{ feature = "…", python-version = "…" }`.
  'features.feature': '--features',
  'manifest-path': '--manifest-path',
  path: '--manifest-path',
  config: '--config',
};
/** Lists or texts of cargo's own options. */
const words = new Set(['cargo-extra-args', 'args', 'cargo-manifest-args']);
