import type { Edition } from '../cargo/manifest/manifest.ts';
import type { Attribute } from './attribute.ts';
import type { Conditions, Standing } from './conditions.ts';
import type { Item } from './item.ts';
import type { TokenRange, Tokens } from './tokens.ts';

/** The source files of a package, by their paths in it (`/` between parts): the text, or `undefined` where none is. */
export type SourceFiles = (path: string) => string | undefined;

/** An item in its place. */
export interface PlacedItem extends Item {
  /** All that must hold for it to be there, from the crate's root down. */
  readonly conditions: Conditions;
}

/** A module: a stretch of one file. A file that is included into a module makes a second entry with the same path. */
export interface Module extends Standing {
  /** Its names from the root down; the root's is empty. */
  readonly path: readonly string[];
  readonly file: string;
  readonly tokens: Tokens;
  /** Its tokens: the whole file, or what stands in its braces. */
  readonly range: TokenRange;
  /** Its own attributes: those before `mod` and those inside. */
  readonly attributes: readonly Attribute[];
  /** Its items that may be there. */
  readonly items: readonly PlacedItem[];
  /** Whether the call of a macro made it: a part of the module that the call stands in. */
  readonly made?: true;
}

/** Something that could not be followed to its source. */
export interface Unfollowed {
  readonly file: string;
  readonly line: number;
  /** `src/missing.rs is not in the package`, `a path made at build time is included`. */
  readonly reason: string;
  /** Whether code that is there was not read: broken, or too much of it. */
  readonly unread?: true;
  /** Where code lies that the package does not have, as it is written: `/opt/x.rs`, `../../other/lib.rs`. */
  readonly outside?: string;
}

export interface ModuleTree {
  readonly modules: readonly Module[];
  readonly unfollowed: readonly Unfollowed[];
  /** What else the package has. */
  readonly files: SourceFiles;
  readonly edition: Edition;
  /** Whether a token stands in the definition of a macro whose calls were all expanded, so that it was read in what they make. */
  readonly isExpanded: (tokens: Tokens, at: number) => boolean;
  /** What macros are given in what macros made, where all of it was read in what they make of it. */
  readonly handedOn: ReadonlyMap<Tokens, readonly TokenRange[]>;
}

/** The stretches of a module's tokens that are its own: not those of the modules that stand in its braces. */
export function ownRanges(module: Module): readonly TokenRange[] {
  const ranges: TokenRange[] = [];
  for (const { kind, body, range } of module.items) {
    if (kind === 'mod' && body !== undefined) continue;
    // What stands in a macro's call comes a second time as items of its own.
    if (range.to > (ranges.at(-1)?.to ?? 0)) ranges.push(range);
  }
  return ranges;
}

/** Stretches, those that touch as one. */
export function joinedUp(ranges: readonly TokenRange[]): readonly TokenRange[] {
  const joint: { from: number; to: number }[] = [];
  for (const { from, to } of ranges) {
    const last = joint.at(-1);
    if (last?.to === from) last.to = to;
    else joint.push({ from, to });
  }
  return joint;
}

/** The stretches that are a module's own, without what macros that made something were given and handed on. */
export function rangesOf({ handedOn }: ModuleTree, module: Module): readonly TokenRange[] {
  const without = module.made === true ? handedOn.get(module.tokens) : undefined;
  return without === undefined
    ? ownRanges(module)
    : ownRanges(module).flatMap((one) => outside(one, without));
}

/** The parts of a range that lie in none of some others, which are in order. */
function outside({ from, to }: TokenRange, others: readonly TokenRange[]): readonly TokenRange[] {
  const parts: TokenRange[] = [];
  let at = from;
  for (const other of others) {
    if (other.to <= at || other.from >= to) continue;
    if (other.from > at) parts.push({ from: at, to: other.from });
    at = other.to;
  }
  if (at < to) parts.push({ from: at, to });
  return parts;
}
