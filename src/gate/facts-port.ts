import type { LockedPackage } from '../cargo/lockfile.ts';
import type { AdvisorySource } from '../facts/advisories/reading.ts';
import type { TomlSource } from '../policy/toml.ts';
import type { LockedFacts } from '../registry/locked/facts.ts';
import type { ListedRelease } from '../registry/way-out/choice.ts';

/** A package of a registry that something is to be known of. */
export interface AskedPackage {
  readonly crate: string;
  readonly version: string;
  /** As the lockfile writes it. */
  readonly source: string;
  /** Whether its archive is to be fetched where nobody read it before. */
  readonly bytes: boolean;
  /** The version that it is compared with: the one that the lockfile had; absent: the release before it. */
  readonly base?: string | undefined;
  /** Nothing else is wanted than what its code can do: whoever has that at hand need not gather the rest. */
  readonly only?: 'code' | undefined;
}

/** The question about a package of a lockfile. */
export function askedOf(
  { name, version, source }: LockedPackage,
  more: Pick<AskedPackage, 'bytes' | 'base' | 'only'>,
): AskedPackage {
  return { crate: name, version, source: source?.text ?? '', ...more };
}

/** What is known of it; `undefined` where it comes from a registry that nobody here has sight of. */
export type PackageFacts =
  | (LockedFacts & { readonly registry: string; readonly needs?: CrateNeeds })
  | undefined;

/** Crates that a package depends on, by kind, where no index line says it. */
export type CrateNeeds = Readonly<Record<'normal' | 'build', readonly string[]>>;

/** What is known, from whom, and when. */
export interface FactsAnswer {
  /** Epoch milliseconds by the clock of whoever has the facts: a wrong clock here ends no cool-down. */
  readonly now: number;
  /** The policy of whoever runs the server. */
  readonly organisation?: TomlSource | undefined;
  /** What they approved of for all projects, as a list of approvals. */
  readonly approvals?: TomlSource | undefined;
  /** The advisory databases that they go by; absent where whoever answers does not say. */
  readonly advisories?: readonly AdvisorySource[] | undefined;
  /** In the order of the questions. */
  readonly answers: readonly PackageFacts[];
}

/** Where facts come from: a running server, or a mirror of this process's own. */
export interface FactsPort {
  /** Throws where nothing can be had. */
  readonly facts: (asked: readonly AskedPackage[]) => Promise<FactsAnswer>;
  /** Every release of each crate; empty where none is known. */
  readonly releases: (
    crates: readonly Pick<AskedPackage, 'crate' | 'source'>[],
  ) => Promise<readonly (readonly ListedRelease[])[]>;
}
