import { isMap, isScalar, isSeq } from 'yaml';
import { type CiKind, isYamlKind } from './ci-text.ts';
import { rememberedByKind } from './remembered.ts';
import type { ShellCommand, ShellWord } from './shell.ts';
import { visitYaml } from './yaml-file.ts';

/** The values that a word of a CI file may have: itself, or those of the variable that it is; `undefined`: nobody can tell. */
export type CiValues = (word: string) => readonly string[] | undefined;

/**
 * Reads which values a file gives to names, wherever it does: a matrix, an environment, an input's default, a variable, a
 * loop. Never throws.
 */
export const ciValues = rememberedByKind((kind: CiKind, text: string): CiValues => {
  const known = new Map<string, readonly string[]>();
  return (word) => {
    const found = known.get(word) ?? [...reachedFrom(word, (name) => valuesIn(kind, text).get(name) ?? [])];
    known.set(word, found);
    return found.length === 0 ? undefined : found;
  };
});

/** The values that a word leads to, through variables whose values are variables: each is gone through once, whoever names it. */
function reachedFrom(word: string, valuesOf: (name: string) => Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const passed = new Set<string>();
  const open = [word];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isVariable(next)) {
      found.add(next);
      continue;
    }
    const name = nameOf(next);
    if (name === undefined || passed.has(name)) continue;
    passed.add(name);
    // In their order: the first one is gone through next.
    open.push(...[...valuesOf(name)].reverse());
  }
  return found;
}

const valuesIn = rememberedByKind(
  (kind: CiKind, text: string): ReadonlyMap<string, ReadonlySet<string>> =>
    isYamlKind(kind) ? merged(yamlValues(text), lineValues(text)) : lineValues(text),
  'values',
);

/**
 * A command with the options that its variables stand for (`cargo build $FLAGS`, `${{ matrix.args }}`): once for each value that
 * begins like an option, or as it is.
 */
export function withOptions(words: ShellCommand, values: CiValues): readonly ShellCommand[] {
  let all: ShellWord[][] = [[]];
  for (const word of words) {
    const options = isVariable(word.text) ? optionsIn(values(word.text) ?? []) : [];
    if (options.length === 0) {
      for (const one of all) one.push(word);
      continue;
    }
    if (all.length * options.length > mostWays) return [words];
    const ways = options.map((value) =>
      value
        .trim()
        .split(/\s+/)
        .map((text) => ({ text: text.replaceAll(/["']/g, ''), start: word.start })),
    );
    all = all.flatMap((before) => ways.map((way) => [...before, ...way]));
  }
  return all;
}

const mostWays = 64;

/** The values that begin like an option; a name has the same ones wherever it stands. */
function optionsIn(values: readonly string[]): readonly string[] {
  const known = optionsOf.get(values) ?? values.filter((value) => /^\s*-/.test(value));
  optionsOf.set(values, known);
  return known;
}

const optionsOf = new WeakMap<readonly string[], readonly string[]>();

/** Whether a word is, or has in it, what the file alone does not say. */
export function isVariable(word: string): boolean {
  return /\$|\{\{/.test(word);
}

/** The name that a word consists of: `$NAME`, `${NAME:-…}`, `$(NAME)`, `${{ matrix.a.name }}`, `{{ name }}`. */
function nameOf(word: string): string | undefined {
  const found =
    /^\$\{\{\s*(?:[\w-]+\.)+([\w-]+)\s*\}\}$/.exec(word) ??
    /^\{\{\s*([\w-]+)\s*\}\}$/.exec(word) ??
    /^\$(?:\{env:)?[{(]?([A-Za-z_]\w*)(?::?[-=?+][^}]*)?[})]?$/.exec(word);
  return found?.[1];
}

function yamlValues(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (name: string, value: unknown) => {
    if (typeof value === 'string' && value !== '') found.set(name, (found.get(name) ?? new Set()).add(value));
  };
  visitYaml(text, {
    Pair(_, { key, value }, path) {
      if (!isScalar(key) || typeof key.value !== 'string') return;
      if (isScalar(value)) add(key.value, value.value);
      if (isSeq(value)) for (const item of value.items) if (isScalar(item)) add(key.value, item.value);
      // Azure's list of `name` and `value`.
      const named = namedValue(key.value, value, path.at(-1));
      if (named !== undefined) add(named.name, named.value);
      // GitLab's `NAME: { value: … }`, and an input's default.
      if (isMap(value)) for (const one of ['value', 'default']) add(key.value, value.get(one));
    },
  });
  return found;
}

/** What `- name: NAME`, `value: …` says, at the pair of the value. */
export function namedValue(
  key: string,
  value: unknown,
  parent: unknown,
): { readonly name: string; readonly value: string } | undefined {
  const name = key === 'value' && isMap(parent) ? parent.get('name') : undefined;
  return typeof name === 'string' && isScalar(value) && value.value !== null
    ? { name, value: String(value.value) }
    : undefined;
}

function lineValues(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (name: string | undefined, values: readonly string[]) => {
    if (name === undefined) return;
    const known = found.get(name) ?? new Set();
    for (const value of values) known.add(value);
    found.set(name, known);
  };
  const assigned = /(?:^|[\s;&"'])([A-Za-z_][\w-]*)\s*[:?]?=\s*("[^"\n]*"|'[^'\n]*'|[^\s;&|"']+)/g;
  for (const [, name, value = ''] of text.matchAll(assigned)) {
    const plain = /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;
    if (plain !== '') add(name, [plain]);
  }
  for (const [, name, words = ''] of text.matchAll(/\bfor\s+(\w+)\s+in\s+([^;\n]+)/g)) {
    add(
      name,
      words
        .split(/\s+/)
        .map((word) => word.replaceAll(/^["']|["']$/g, ''))
        .filter((word) => word !== ''),
    );
  }
  return found;
}

function merged(
  a: ReadonlyMap<string, ReadonlySet<string>>,
  b: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    [...a, ...b].map(([name]) => [name, new Set([...(a.get(name) ?? []), ...(b.get(name) ?? [])])]),
  );
}
