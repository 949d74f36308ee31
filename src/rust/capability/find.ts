import { type Module, type ModuleTree, rangesOf, type Unfollowed } from '../module.ts';
import type { NameFilter } from '../name-filter.ts';
import { type Mention, mentionsOf, quoting } from '../paths.ts';
import type { CrateNames } from '../resolve.ts';
import { placeOf } from '../tokens.ts';
import { actOf, isRoot } from './acts.ts';
import { argumentOf } from './call.ts';
import type { Capability } from './capability.ts';
import { CodeTexts } from './code-texts.ts';
import { addMention, groundOf } from './mentions.ts';
import { Methods } from './methods.ts';
import { addHeadless } from './printed.ts';
import { Reading } from './reading.ts';
import type { Role } from './role.ts';
import { scan } from './scan.ts';

/** What the code of a crate, or of a build script, can do. */
export interface Found {
  /** In the order of files and lines; one of a kind and name for each line. */
  readonly capabilities: readonly Capability[];
  /** What nobody can read: it is never taken for harmless. */
  readonly opaque: readonly Unfollowed[];
  /** Other crates that it calls and that are not known here, by their names in code. */
  readonly helpers: readonly string[];
}

/**
 * Finds what code can do: by the paths that its tokens name, the methods that are called on what those make, its texts and a
 * few words of the language. It reads tokens and no expressions, so that what stands in a macro call is seen as well.
 */
export function capabilitiesOf(
  tree: ModuleTree,
  role: Role,
  crates: CrateNames = new Map(),
  names?: NameFilter,
): Found {
  const tokens = new Set(tree.modules.map((module) => module.tokens));
  const count = [...tokens].reduce((sum, one) => sum + one.count, 0);
  if (count > maxTokens[role]) {
    const [root] = tree.modules;
    const reason = `too complex: ${count} tokens`;
    const opaque = [...tree.unfollowed, { file: root?.file ?? '', line: 1, reason, unread: true as const }];
    return { capabilities: [], opaque, helpers: [] };
  }
  return find(new Reading(tree, role, crates), names, new Set());
}

/** More than any real code of its kind has, several times over; it bounds what a review may cost. */
const maxTokens: Readonly<Record<Role, number>> = {
  'build-script': 2_000_000,
  'proc-macro': 4_000_000,
  library: 16_000_000,
};

function find(reading: Reading, names: NameFilter | undefined, read: Set<string>): Found {
  const { tree, role, resolver } = reading;
  const wanted = {
    path: (path: readonly string[]) => path[0] !== 'crate' && isWanted(reading, path),
    root: (name: string) => isRoot(name) || reading.isOther(name),
  };
  const mentions = mentionsOf(tree, resolver, wanted, names);
  const called = mentions.found.filter(({ imported }) => !imported);
  for (const { path } of mentions.found) reading.uses.add(path[0] ?? '');
  const looked = called.slice(0, maxMentions);
  reading.ground = groundOf(reading, looked);
  const codeTexts = new CodeTexts(reading, readCode, read);
  for (const mention of looked) addMention(reading, codeTexts, mention);
  addUsedMacros(reading);
  const methods = new Methods(reading, codeTexts);
  const quotes = ![...quoting].some((name) => resolver.hasMacro(name));
  for (const module of tree.modules)
    for (const range of rangesOf(tree, module)) {
      methods.add(module, range);
      scan({ module, range, role, quotes }, (at, kind, confidence, name, emitted = false) =>
        kind === 'writes'
          ? addWritten(reading, module, at)
          : reading.add({ module, at, emitted }, kind, confidence, name),
      );
    }
  if (role === 'build-script') addHeadless(reading);
  return {
    capabilities: reading.capabilities,
    opaque: [
      ...tree.unfollowed,
      ...mentions.opaque,
      ...reading.opaque,
      ...tooMany(called),
      ...tooDeep(reading),
    ],
    helpers: [...helpersOf(reading, mentions.found)].sort(),
  };
}

/** What the code in a text does, in the place of the crate that has the text. */
function readCode(tree: ModuleTree, { role, crates }: Reading, read: Set<string>): Found {
  return find(new Reading(tree, role, crates), undefined, read);
}

function isWanted(reading: Reading, path: readonly string[]): boolean {
  if (reading.isHelper(path)) return true;
  return (actOf(path, true) ?? actOf(path, false)) !== undefined;
}

/** Crates that are called and that no table here knows. */
function helpersOf(reading: Reading, mentions: readonly Mention[]): ReadonlySet<string> {
  const helpers = new Set<string>();
  // A trait that is brought in is called by its methods, and macros by their names alone.
  for (const { path, quoted } of mentions) if (!quoted && reading.isHelper(path)) helpers.add(path[0] ?? '');
  for (const item of reading.tree.modules.flatMap(({ items }) => items)) {
    const crate = reading.crates.get(item.name ?? '') ?? '';
    if (item.kind === 'extern-crate' && reading.isHelper([crate, '*'])) helpers.add(crate);
  }
  return helpers;
}

/** `#[macro_use] extern crate cmd_lib;` brings macros that run programs by names that nobody can tell from others. */
function addUsedMacros(reading: Reading): void {
  for (const module of reading.tree.modules)
    for (const { kind, name = '', attributes, content } of module.items) {
      if (kind !== 'extern-crate' || !attributes.some(({ path }) => path === 'macro_use')) continue;
      const act = actOf([reading.crates.get(name) ?? name, '*'], false);
      if (act?.act === 'is' && act.kind === 'process')
        reading.add({ module, at: content.from }, act.kind, 'likely', act.name);
    }
}

/** `bindings.write_to_file(path)`: the name of the method is all that is known of it. */
function addWritten(reading: Reading, module: Module, at: number): void {
  const { tokens } = module;
  const origins = reading.originOf(tokens, argumentOf(tokens, at + 1, 0));
  for (const [kind, confidence, name] of reading.files('write', origins))
    reading.add({ module, at }, kind, confidence === 'certain' ? 'likely' : confidence, name);
}

/** Places that are looked into one by one; the rest is said to be unread. */
const maxMentions = 5000;

/** Code whose values lead to too many others, whoever runs it. */
function tooDeep({ isSpent, tree }: Reading): readonly Unfollowed[] {
  const [root] = tree.modules;
  if (!isSpent || root === undefined) return [];
  return [{ file: root.file, line: 1, reason: 'too complex: where its values come from', unread: true }];
}

function tooMany(called: readonly Mention[]): readonly Unfollowed[] {
  const next = called[maxMentions];
  if (next === undefined) return [];
  const { line } = placeOf(next.module.tokens, next.at);
  const reason = `too complex: ${called.length} places to look into`;
  return [{ file: next.module.file, line, reason, unread: true }];
}
