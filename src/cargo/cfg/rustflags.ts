import { cfgKey } from './expression.ts';
import { parsePlatform, platformMatches } from './platform.ts';
import { withRustcFlags } from './rustc-flags.ts';
import { rustcSets, type Target } from './target.ts';

/** Where flags for rustc are said, each list in cargo's order: the weaker file's words first. */
export interface RustflagsSettings {
  /** `CARGO_ENCODED_RUSTFLAGS`, else `RUSTFLAGS`; absent: neither is set. */
  readonly environment?: readonly string[] | undefined;
  /** `[target.TRIPLE] rustflags`. */
  readonly triples: ReadonlyMap<string, readonly string[]>;
  /** `[target.'cfg(…)'] rustflags`, by the whole key, sorted by code point. */
  readonly cfgs: ReadonlyMap<string, readonly string[]>;
  /** `build.rustflags`; absent: not set. */
  readonly build?: readonly string[] | undefined;
}

/**
 * A target with the flags that cargo hands to rustc for it. What is set decides which `[target.'cfg(…)']` count, and these
 * what is set: cargo goes round twice (cargo: src/compiler/build_context/target_info.rs, `TargetInfo::new`).
 */
export function withRustflags(target: Target, settings: RustflagsSettings): Target {
  const first = withRustcFlags(target, flagsFor(target, settings, undefined));
  return withRustcFlags(target, flagsFor(target, settings, first));
}

/** One of several targets of the same triple, nobody knows which: where they part, either may be so. */
export function eitherTarget(first: Target, others: readonly Target[]): Target {
  const parted = new Set(others.flatMap(({ cfg }) => [...first.cfg.symmetricDifference(cfg)]));
  const open = [first, ...others].flatMap(({ isOpen }) => isOpen ?? []);
  if (parted.size === 0 && open.length === 0) return first;
  return {
    ...first,
    isOpen: (name, value) => parted.has(cfgKey(name, value)) || open.some((is) => is(name, value)),
  };
}

/** A target on which every cfg that rustc knows nothing of may be set: what CI sets in its environment nobody sees. */
export function withUnknownCfgs(target: Target): Target {
  const { isOpen } = target;
  return { ...target, isOpen: (name, value) => !rustcSets(name) || isOpen?.(name, value) === true };
}

/** The environment's words, else those of the target, else those of `build`: one place only (`extra_args`). */
function flagsFor(
  { triple }: Target,
  { environment, triples, cfgs, build = [] }: RustflagsSettings,
  known: Target | undefined,
): readonly string[] {
  if (environment !== undefined) return environment;
  const own = [...(triples.get(triple) ?? [])];
  for (const [key, flags] of cfgs) if (known !== undefined && holds(key, known)) own.push(...flags);
  return own.length > 0 ? own : build;
}

/** What cargo does not understand counts for nothing, nor does what only may be so. */
function holds(key: string, { isOpen: _, ...target }: Target): boolean {
  try {
    return platformMatches(parsePlatform(key), target);
  } catch {
    return false;
  }
}
