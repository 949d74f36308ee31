import type { AdvisorySource } from '../facts/advisories/reading.ts';
import type { ApprovedKind } from '../facts/approval.ts';
import type { Standing } from '../policy/build-code-standing.ts';
import type { Decision, Effect } from '../policy/effect.ts';
import type { Evidence, Finding } from '../policy/finding.ts';
import type { StdClass } from '../rust/no-std.ts';
import type { Tier } from '../rust/package-review.ts';
import type { FeatureChange } from './graphs/delta.ts';

/** One file's place, 1-based. The file is as the command line named it, or below the project's folder. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/**
 * What happened to one package between two lockfiles; `present` where there is only one. `features` is a change of what
 * is switched on in a release that stayed, `config` one of a file that decides a build beside the lockfile.
 */
export type ChangeKind =
  | 'added'
  | 'removed'
  | 'upgraded'
  | 'downgraded'
  | 'present'
  | 'source'
  | 'checksum'
  | 'features'
  | 'config';

/** What one rule says of one change, or of what was there before. */
export interface GateFinding {
  readonly rule: string;
  readonly effect: Effect;
  /** The crate that it is about; empty where it is about the project itself, such as its `.cargo/config.toml`. */
  readonly crate: string;
  /** Absent where it is about no one release. */
  readonly version?: string;
  /** One sentence. */
  readonly message: string;
  /** `file`, `line` and `column` point at what to look at, wherever there is such a place. */
  readonly evidence: Evidence;
  /** An act: a command line to run or the edit to make. */
  readonly next: string;
  /** Of what was there before: why it matters more from now on, as a clause. Absent where the change leaves it as it was. */
  readonly worse?: string;
  /** RFC 3339. Set on `hold` findings that end by themselves. */
  readonly until?: string;
  /** Why it counts for nothing, though it stays visible. */
  readonly waived?: NonNullable<Finding['waived']>;
  readonly answered?: NonNullable<Finding['answered']>;
}

/** One change and everything that was found about it. */
export interface Change {
  readonly kind: ChangeKind;
  /** The crate; for `config`, the file that changed. */
  readonly crate: string;
  /** Versions, where a release was or is there. */
  readonly from?: string;
  readonly to?: string;
  /** Where it comes from, as `Cargo.lock` writes it; absent for a package of the project itself. */
  readonly fromSource?: string;
  readonly toSource?: string;
  /** SHA-256 (hex) that the new lockfile names. */
  readonly checksum?: string;
  /** Whether nothing of the old lockfile came from `toSource`. */
  readonly newSource?: true;
  /** Other versions of the crate in the new lockfile, where the change brings one more than there were. */
  readonly duplicates?: readonly string[];
  /** What is switched on or off, for each target; absent where that is as before, or not known. */
  readonly features?: readonly FeatureChange[];
  /** What it needs of the standard library, for each build that has none; absent where it is in no such build. */
  readonly std?: readonly StdNeed[];
  /** What of it runs at build time; absent where its archive was not read. */
  readonly tier?: { readonly tier: Tier; readonly reasons: readonly string[] };
  /** Crates whose macros or build script its library is a part of; absent where there are none. */
  readonly partOf?: readonly string[];
  /** How that stands to what people approved; absent where nothing runs, or nobody keeps approvals. */
  readonly approvals?: readonly ApprovalState[];
  /** Shortest paths to it from the project's own packages, as `app → a → b`. */
  readonly why: readonly string[];
  readonly findings: readonly GateFinding[];
  /** In the new `Cargo.lock`, or the file that is meant. */
  readonly span?: Span;
  /** Advisories on what was there before that the change ends. */
  readonly fixes?: readonly FixedAdvisory[];
}

/** An advisory that nothing in the new graph has any more. */
export interface FixedAdvisory {
  readonly id: string;
  readonly title: string;
}

/** How code that runs at build time stands to what people approved. */
export interface ApprovalState {
  readonly code: ApprovedKind;
  readonly standing: Standing['kind'];
  /** The version that was approved, and by whom. */
  readonly version?: string;
  readonly by?: string;
  /** Whether nobody read it: it was there when the list was begun. Then `by` is nobody. */
  readonly grandfathered?: true;
  /** Whether it was answered together with others. */
  readonly together?: true;
}

/** What a package needs in a build without the standard library. */
export interface StdNeed {
  readonly target: string;
  /** The member that is built; absent where the project is one package. */
  readonly member?: string;
  readonly class: StdClass;
  /** Before the change; absent where it was not built then, or nothing is compared. */
  readonly before?: StdClass;
}

/** The answer on a change of a graph. */
export interface GateVerdict {
  readonly verdict: Decision;
  /** RFC 3339; on `hold`, when the last of the dated holds ends. Absent when any hold has no date. */
  readonly until?: string;
  /** Digest of the policy that judged it. */
  readonly policy: string;
  readonly changes: readonly Change[];
  /** What is found about packages that the change leaves as they were: it never fails the change. */
  readonly debt: readonly GateFinding[];
  /** Command lines that, run in this order, take away what can be taken away by other versions. */
  readonly commands: readonly string[];
  /** Whether anybody keeps a list of approvals; absent where nobody could look. */
  readonly adopted?: boolean;
  /** The advisory databases that it goes by; absent where nobody says. */
  readonly advisories?: readonly AdvisorySource[];
}
