import { parse } from 'smol-toml';
import { isMap, isScalar } from 'yaml';
import type { Position } from '../../cargo/error.ts';
import { type BuildCall, buildCall } from './cargo-builds.ts';
import { cargoCallsIn } from './cargo-command.ts';
import { takesTarget } from './ci-actions.ts';
import { jenkinsVariables } from './ci-jenkins.ts';
import { type CiKind, fragmentsOf, isTomlKind, isYamlKind } from './ci-text.ts';
import { tomlBuilds } from './ci-toml.ts';
import { ciValues, namedValue, withOptions } from './ci-values.ts';
import { commandsIn } from './program-words.ts';
import { rememberedByKind } from './remembered.ts';
import type { ShellCommand } from './shell.ts';
import { isTable, type Table } from './toml-file.ts';
import { visitYaml } from './yaml-file.ts';

/** A setting of cargo's that a file of CI gives it. */
export interface CiSetting {
  /** Its path in cargo's configuration. */
  readonly key: readonly string[];
  readonly value: unknown;
  /** How the file says it: a variable, or an option of cargo. */
  readonly name: string;
  /** Offset in the file. */
  readonly start: number;
  /** Where it stands, if that is in a file of configuration which the file names. */
  readonly at?: Position & { readonly file: string };
}

/** A file of configuration that a call of cargo names (`--config FILE`). */
export interface CiConfigFile {
  readonly path: string;
  readonly start: number;
}

export interface CiSettings {
  readonly settings: readonly CiSetting[];
  readonly files: readonly CiConfigFile[];
  /** What its calls of cargo compile of the project. */
  readonly builds: readonly BuildCall[];
}

/** What a file of CI sets for cargo, in its order: variables, wherever it sets them, and options of its calls. Never throws. */
export const ciSettings = rememberedByKind((kind: CiKind, text: string): CiSettings => {
  const settings: CiSetting[] = [];
  const files: CiConfigFile[] = [];
  const builds: BuildCall[] = [];
  const values = ciValues(kind, text);
  const add = (name: string, value: string, start: number) => {
    const key = keyOf(name);
    if (key !== undefined) settings.push({ key, value: readValue(name, value), name, start });
  };
  if (isYamlKind(kind)) yamlVariables(text, add, settings);
  else if (kind === 'jenkins') jenkinsVariables(text, add);
  else if (!isTomlKind(kind)) lineVariables(kind, text, add);
  const takeCall = (call: ShellCommand) => {
    for (const words of withOptions(call, values)) {
      const said = cargoOptions(words);
      settings.push(...said.settings);
      files.push(...said.files);
      const build = buildCall(words);
      if (build !== undefined) builds.push(build);
    }
  };
  if (isTomlKind(kind)) {
    const told = tomlBuilds(kind, text);
    for (const { target, name, start } of told.targets)
      settings.push({ key: ['build', 'target'], value: target, name, start });
    for (const { name, value, start } of told.variables) add(name, value, start);
    told.calls.forEach(takeCall);
  }
  for (const fragment of fragmentsOf(kind, text)) {
    for (const command of commandsIn(fragment.text, fragment.start)) {
      for (const { text: word, start } of command) {
        const [, name, value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(word) ?? [];
        if (name !== undefined) add(name, value, start);
      }
      for (const { words } of cargoCallsIn(command)) takeCall(words);
    }
  }
  const unique = new Map(settings.map((one) => [idOf(one), one]));
  return { settings: [...unique.values()].sort((a, b) => a.start - b.start), files, builds };
}, 'settings');

/** What is set where; a whole number may be larger than JSON writes. */
function idOf({ start, key, value }: CiSetting): string {
  const text = (_: string, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one);
  return JSON.stringify([start, key, value], text);
}

type Add = (name: string, value: string, start: number) => void;

/** Pairs of a workflow or pipeline whose key is a variable of cargo's: below `env`, `variables` or wherever else. */
function yamlVariables(text: string, add: Add, settings: CiSetting[]): void {
  visitYaml(text, {
    Pair(_, { key, value }, path) {
      const target = targetOfAction(key, value, path.at(-1));
      if (target !== undefined) settings.push(target);
      if (!isScalar(key) || typeof key.value !== 'string' || key.range == null) return;
      const listed = namedValue(key.value, value, path.at(-1));
      if (listed !== undefined) add(listed.name, listed.value, key.range[0]);
      // GitLab also writes `NAME: { value: … }`.
      const said = isMap(value) ? value.get('value') : isScalar(value) ? value.value : undefined;
      if (['string', 'boolean', 'number'].includes(typeof said)) add(key.value, String(said), key.range[0]);
    },
  });
}

function targetOfAction(key: unknown, inputs: unknown, step: unknown): CiSetting | undefined {
  if (!isScalar(key) || key.value !== 'with' || !isMap(inputs) || !isMap(step)) return undefined;
  if (!takesTarget(String(step.get('uses')))) return undefined;
  const target = inputs.get('target', true);
  if (!isScalar(target) || typeof target.value !== 'string') return undefined;
  return { key: ['build', 'target'], value: target.value, name: 'target', start: target.range?.[0] ?? 0 };
}

/** `ENV NAME=value`, `ENV NAME value`, `export NAME := value`. */
function lineVariables(kind: CiKind, text: string, add: Add): void {
  const line =
    kind === 'docker'
      ? /^[ \t]*(?:ENV|ARG)[ \t]+(.*)$/gim
      : /^(?:export\s+)?([A-Z][A-Z0-9_]*\s*[:?+]?:?=.*)$/gm;
  for (const found of text.matchAll(line)) {
    const [whole, said = ''] = found;
    const start = found.index + whole.indexOf(said);
    const old = /^([A-Z][A-Z0-9_]*)\s+(.*)$/.exec(said);
    if (kind === 'docker' && old?.[1] !== undefined && !said.slice(0, old[1].length + 1).includes('=')) {
      add(old[1], unquoted(old[2] ?? ''), start);
      continue;
    }
    for (const one of said.matchAll(
      /([A-Z][A-Z0-9_]*)\s*[:?+]?:?=\s*("[^"]*"|'[^']*'|\S+(?:(?<!")[^"']*$)?)/g,
    )) {
      add(one[1] ?? '', unquoted(one[2] ?? ''), start + one.index);
    }
  }
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text.trim())?.[2] ?? text.trim();
}

const plain: Readonly<Record<string, readonly string[]>> = {
  RUSTFLAGS: ['build', 'rustflags'],
  CARGO_ENCODED_RUSTFLAGS: ['build', 'rustflags'],
  RUSTDOCFLAGS: ['build', 'rustdocflags'],
  RUSTC: ['build', 'rustc'],
  RUSTC_WRAPPER: ['build', 'rustc-wrapper'],
  RUSTC_WORKSPACE_WRAPPER: ['build', 'rustc-workspace-wrapper'],
  RUSTDOC: ['build', 'rustdoc'],
};

/** The variables of cargo's configuration: `CARGO_` and the key (cargo's book, "Environment variables"). */
const shapes: readonly (readonly [RegExp, (...parts: string[]) => readonly string[]])[] = [
  [/^CARGO_TARGET_(\w+)_(LINKER|RUNNER|RUSTFLAGS|RUSTDOCFLAGS)$/, (triple, key) => ['target', triple, key]],
  [
    /^CARGO_REGISTRIES_(\w+)_(INDEX|TOKEN|SECRET_KEY|CREDENTIAL_PROVIDER)$/,
    (name, key) => ['registries', name, key],
  ],
  [/^CARGO_PROFILE_(\w+)_(RUSTFLAGS|CODEGEN_BACKEND)$/, (name, key) => ['profile', name, key]],
  [/^CARGO_(CREDENTIAL_ALIAS|ALIAS|UNSTABLE)_(\w+)$/, (table, key) => [table, key]],
  [/^CARGO_NET_SSH_(KNOWN_HOSTS)$/, (key) => ['net', 'ssh', key]],
  [/^CARGO_(BUILD|DOC|HOST|HTTP|NET|REGISTRY|RESOLVER)_(\w+)$/, (table, key) => [table, key]],
];

function keyOf(name: string): readonly string[] | undefined {
  if (Object.hasOwn(plain, name)) return plain[name];
  for (const [shape, path] of shapes) {
    const found = shape.exec(name);
    if (found !== null) return path(...found.slice(1)).map((part) => part.toLowerCase().replaceAll('_', '-'));
  }
  return undefined;
}

const separators = new RegExp(`[\\s${String.fromCharCode(0x1f)}]+`);

/** Flags are a list; the rest is what TOML would make of the word. */
function readValue(name: string, value: string): unknown {
  if (/RUST(?:DOC)?FLAGS$/.test(name)) return value.split(separators).filter((word) => word !== '');
  return value === 'true' ? true : value === 'false' ? false : value;
}

/** `--config KEY=VALUE`, `--config FILE`, `--target`, `--lockfile-path`; what follows `--` is for the program. */
export function cargoOptions(words: ShellCommand): Pick<CiSettings, 'settings' | 'files'> {
  const settings: CiSetting[] = (buildCall(words)?.targets ?? []).map(({ text, start }) => ({
    ...{ key: ['build', 'target'], value: text, name: '--target', start },
  }));
  const files: CiConfigFile[] = [];
  for (let i = 1; i < words.length; i++) {
    const { text: word = '', start = 0 } = words[i] ?? {};
    if (word === '--') break;
    const [, option, inline] = /^(--config|--lockfile-path)(?:=(.*))?$/s.exec(word) ?? [];
    if (option === undefined) continue;
    const value = inline ?? words[++i]?.text ?? '';
    if (option === '--lockfile-path')
      settings.push({ key: ['resolver', 'lockfile-path'], value, name: option, start });
    else if (!value.includes('=')) files.push({ path: value, start });
    else settings.push(...leavesOf(value).map(([key, leaf]) => ({ key, value: leaf, name: option, start })));
  }
  return { settings, files };
}

type Leaf = readonly [key: readonly string[], value: unknown];

/** The values of a table and of those in it, by their whole keys. */
export function leavesOfTable(table: Table, path: readonly string[] = []): readonly Leaf[] {
  return Object.entries(table).flatMap(([name, value]): readonly Leaf[] =>
    isTable(value) ? leavesOfTable(value, [...path, name]) : [[[...path, name], value]],
  );
}

/** What a dotted assignment says; nothing for what is no TOML. */
function leavesOf(text: string): readonly Leaf[] {
  try {
    return leavesOfTable(parse(text, { integersAsBigInt: 'asNeeded' }));
  } catch {
    return [];
  }
}
