import type { CfgExpression, CfgSet } from '../cargo/cfg/expression.ts';
import { isNamed, wordsIn } from './build-cfgs.ts';
import { allHold } from './built-cfg.ts';
import { type Conditions, expandedAttributes } from './conditions.ts';
import type { Item } from './item.ts';
import type { Module, SourceFiles } from './module.ts';
import { moduleTree } from './module-tree.ts';
import { isSign, isWord, nameOf, placeOf, type TokenRange, type Tokens } from './tokens.ts';

/** What a library needs of the standard library, whatever features are on: to be worked out once for a release. */
export interface StdProfile {
  /** When its root says `#![no_std]` or `#![no_core]`: where any of these holds. */
  readonly noStd: readonly StdPlace[];
  /** Where it brings in `std`, or what needs it, all the same; its root, where that says nothing. */
  readonly std: readonly StdPlace[];
  /** Where it brings in `alloc`. */
  readonly alloc: readonly StdPlace[];
  /** Of a library of macros: where it puts `extern crate std` into the source of whoever uses it. */
  readonly emits?: readonly StdPlace[];
  /** Names of `cfg`s that its build script may set (`*` stands for any letters): whether they hold is not known. */
  readonly ownCfgs: readonly string[];
  /** Why nothing can be told: its root is not there, or cannot be read. */
  readonly opaque?: string;
}

export interface StdPlace {
  /** All must hold; `null` for what was not understood. */
  readonly conditions: readonly (CfgExpression | null)[];
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What a library needs, as it is built. */
export type StdClass = 'no_std' | 'no_std+alloc' | 'std' | 'unknown';

export interface StdAnswer {
  readonly class: StdClass;
  /** What decides it; absent where it is not known at all. */
  readonly place?: StdPlace | undefined;
  /** The feature that it would be another class without. */
  readonly feature?: string | undefined;
  /** Why it is not known, as a clause. */
  readonly reason?: string | undefined;
}

/** Crates of rustc's own that are built with `std`. */
const needStd: ReadonlySet<string> = new Set(['std', 'proc_macro', 'test']);

/**
 * Reads what a library says of `std`. Without `#![no_std]` at its root it has it; with it, only `extern crate std` brings it
 * back, since then no path leads to it otherwise (The Rust Reference, "Preludes"). `ownCfgs` is asked only where it matters.
 */
export function stdProfile(root: string, files: SourceFiles, ownCfgs: () => readonly string[]): StdProfile {
  const none = { noStd: [], std: [], alloc: [], ownCfgs: [] };
  const hasStd = { ...none, std: [{ conditions: [], file: root, line: 1 }] };
  // Most libraries do not have the word at all, and are read no further.
  if (files(root)?.match(/\bno_(?:std|core)\b/) === null) return hasStd;
  const { modules, unfollowed } = moduleTree(root, files, () => undefined);
  const [first] = modules;
  if (first === undefined) {
    return { ...none, opaque: unfollowed[0]?.reason ?? `${root} is not in the package` };
  }
  const own = expandedAttributes(first.tokens, first.attributes, () => undefined)
    .filter(({ inner, path }) => inner && (path === 'no_std' || path === 'no_core'))
    // Of a root whose own `cfg` does not hold nothing is left, this attribute neither: it has `std`.
    .map(({ conditions, at }) => placed(first, [...first.conditions, ...conditions], at));
  if (own.length === 0) return hasStd;
  const brought = modules.flatMap((module) => broughtIn(module, modules));
  const pick = (wanted: (crate: string) => boolean) =>
    brought.filter(({ crate }) => wanted(crate)).map(({ place }) => place);
  const places = {
    noStd: distinct(own),
    std: distinct(pick((crate) => needStd.has(crate))),
    alloc: distinct(pick((crate) => crate === 'alloc')),
  };
  const asked = cfgsIn([...places.noStd, ...places.std, ...places.alloc]);
  const profile = {
    ...places,
    ownCfgs: asked.length === 0 ? [] : ownCfgs().filter((name) => asked.some((one) => isNamed(name, one))),
  };
  // It is kept with the release, whoever wrote it.
  if (JSON.stringify(profile).length <= longest) return profile;
  return { ...none, opaque: 'more is said of `std` than is looked at' };
}

/** Characters as JSON; those of real libraries have at most a tenth of it. */
const longest = 64 * 1024;

/** The first place of each of several conditions. */
function distinct(places: readonly StdPlace[]): readonly StdPlace[] {
  const first = new Map<string, StdPlace>();
  for (const place of places) {
    const key = JSON.stringify(place.conditions);
    if (!first.has(key)) first.set(key, place);
  }
  return [...first.values()];
}

/** What a library of macros says of `std`: it has it itself, and may bring it into others. */
export function macroProfile(root: string, files: SourceFiles): StdProfile {
  const { modules } = moduleTree(root, files, () => undefined);
  const emits = modules.flatMap((module) =>
    module.items
      .filter(({ kind }) => kind !== 'mod' && kind !== 'extern-crate')
      .flatMap((item) =>
        externsIn(module.tokens, item.content)
          .filter(({ crate }) => crate === 'std')
          .map(({ at }) => placed(module, item.conditions, at)),
      ),
  );
  const std = [{ conditions: [], file: root, line: 1 }];
  const profile = { noStd: [], std, alloc: [], ownCfgs: [], emits: distinct(emits) };
  return JSON.stringify(profile).length <= longest ? profile : { ...profile, emits: [] };
}

/** Where a library of macros may bring `std` into others, with these features; `undefined` where it does not. */
export function emittedStd(
  { emits = [] }: StdProfile,
  features: ReadonlySet<string>,
  host: CfgSet,
): StdPlace | undefined {
  return emits.find(({ conditions }) => allHold(conditions, { features, target: host, own: [] }) !== false);
}

/** What a library needs with these features, for a target with these `cfg`s. */
export function stdClass(profile: StdProfile, features: ReadonlySet<string>, target: CfgSet): StdAnswer {
  if (profile.opaque !== undefined) return { class: 'unknown', reason: profile.opaque };
  const answer = classOf(profile, features, target);
  const mentioned = answer.place === undefined ? allFeatures(profile) : featuresIn([answer.place]);
  const feature = [...mentioned].find((name) => {
    if (!features.has(name)) return false;
    const without = new Set(features);
    without.delete(name);
    return classOf(profile, without, target).class !== answer.class;
  });
  return feature === undefined ? answer : { ...answer, feature };
}

function classOf(profile: StdProfile, features: ReadonlySet<string>, target: CfgSet): StdAnswer {
  const holds = (place: StdPlace) => allHold(place.conditions, { features, target, own: profile.ownCfgs });
  const without = firstThat(profile.noStd, holds);
  if (without.held === false) return { class: 'std', place: profile.noStd[0] ?? profile.std[0] };
  const std = firstThat(profile.std, holds);
  if (std.held === true) return { class: 'std', place: std.place };
  if (without.held === undefined) return notKnown(without.place, 'whether it says `no_std`');
  if (std.held === undefined) return notKnown(std.place, 'whether it brings in `std`');
  const alloc = firstThat(profile.alloc, holds);
  if (alloc.held === true) return { class: 'no_std+alloc', place: alloc.place };
  if (alloc.held === undefined) return notKnown(alloc.place, 'whether it brings in `alloc`');
  return { class: 'no_std', place: without.place };
}

function notKnown(place: StdPlace | undefined, what: string): StdAnswer {
  return { class: 'unknown', place, reason: `${what} hangs on a condition that cannot be told` };
}

interface Found {
  /** Whether any holds; `undefined`: perhaps. */
  readonly held: boolean | undefined;
  readonly place?: StdPlace;
}

function firstThat(places: readonly StdPlace[], holds: (place: StdPlace) => boolean | undefined): Found {
  let perhaps: StdPlace | undefined;
  for (const place of places) {
    const held = holds(place);
    if (held === true) return { held, place };
    if (held === undefined) perhaps ??= place;
  }
  return perhaps === undefined ? { held: false } : { held: undefined, place: perhaps };
}

/** `extern crate` items, and what looks like one where no item is read: in a function, in a macro. */
function broughtIn(
  module: Module,
  all: readonly Module[],
): readonly { readonly crate: string; readonly place: StdPlace }[] {
  return module.items.flatMap((item) => {
    if (item.kind === 'extern-crate') {
      return [{ crate: item.name ?? '', place: placed(module, item.conditions, item.content.from) }];
    }
    // A module in braces is one of its own; tests are built with `cfg(test)`.
    if (item.attributes.some(({ path }) => path === 'test' || path === 'bench')) return [];
    if (item.kind === 'mod' || (item.kind === 'macro-call' && item.name === 'cfg_if')) return [];
    const found = externsIn(module.tokens, item.content);
    // What a macro makes is there where it is called: one that is there for others makes nothing here.
    if (found.length > 0 && item.kind === 'macro-rules' && !isForItself(item, module, all)) return [];
    return found.map(({ crate, at }) => ({
      crate,
      place: placed(module, [...item.conditions, undefined], at),
    }));
  });
}

/** Whether a library calls a macro of its own, or might as well: it keeps it from others. */
function isForItself(
  { name, attributes, range: own }: Item,
  { tokens: of }: Module,
  modules: readonly Module[],
): boolean {
  if (!attributes.some(({ path }) => path === 'macro_export')) return true;
  return modules.some(({ tokens, range }) => {
    for (let at = range.from; at + 1 < range.to; at++) {
      const isOwn = tokens === of && at >= own.from && at < own.to;
      if (!isOwn && nameOf(tokens, at) === name && isSign(tokens, at + 1, '!')) return true;
    }
    return false;
  });
}

function externsIn(
  tokens: Tokens,
  { from, to }: TokenRange,
): readonly { readonly crate: string; readonly at: number }[] {
  const found: { crate: string; at: number }[] = [];
  for (let at = from; at + 2 < to; at++) {
    if (!isWord(tokens, at, 'extern') || !isWord(tokens, at + 1, 'crate')) continue;
    found.push({ crate: nameOf(tokens, at + 2) ?? '', at });
  }
  return found;
}

function placed({ tokens, file }: Module, conditions: Conditions, at: number): StdPlace {
  return { conditions: conditions.map((one) => one ?? null), file, line: placeOf(tokens, at).line };
}

function allFeatures({ noStd, std, alloc }: StdProfile): ReadonlySet<string> {
  return featuresIn([...noStd, ...std, ...alloc]);
}

function featuresIn(places: readonly StdPlace[]): ReadonlySet<string> {
  return new Set(
    namesIn(places).flatMap(({ name, value }) => (name === 'feature' && value !== undefined ? [value] : [])),
  );
}

/** Names and values that conditions ask for, but for features. */
function cfgsIn(places: readonly StdPlace[]): readonly string[] {
  return namesIn(places).flatMap(({ name, value }) =>
    name === 'feature' ? [] : [name, ...wordsIn(value ?? '')],
  );
}

function namesIn(places: readonly StdPlace[]): readonly Extract<CfgExpression, { readonly kind: 'is' }>[] {
  const found: Extract<CfgExpression, { readonly kind: 'is' }>[] = [];
  const visit = (expression: CfgExpression): void => {
    if (expression.kind === 'all' || expression.kind === 'any') expression.of.forEach(visit);
    else if (expression.kind === 'not') visit(expression.of);
    else if (expression.kind === 'is') found.push(expression);
  };
  for (const { conditions } of places) for (const one of conditions) if (one !== null) visit(one);
  return found;
}
