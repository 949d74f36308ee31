import { type Fact, known } from './fact.ts';

/** Code that runs while others are compiled, of which people can approve; a `helper` is a library that is compiled into it. */
export type ApprovedKind = 'build-script' | 'proc-macro' | 'helper';

/** A person's yes to what one release runs at build time. It holds as long as nothing relevant changes. */
export interface Approval {
  readonly crate: string;
  readonly kind: ApprovedKind;
  readonly version: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
  /** A date, UTC; from its beginning on the approval counts no more. */
  readonly expires?: string;
  /** SHA-256 (hex) of the tokens, comments left out; of a helper only where it makes code. */
  readonly tokens?: string;
  /**
   * SHA-256 (hex) of the files beside the Rust code that it can run, include or hand to a tool. Absent in approvals of the first
   * format, which did not look at them.
   */
  readonly files?: string;
  /** SHA-256 (hex) of the surface of macros. */
  readonly surface?: string;
  /** What it could do. */
  readonly capabilities: readonly string[];
  /** Whether nobody read it: it was there when the list was begun. */
  readonly grandfathered?: true;
  /** Whether it was answered together with others, by what a review says of them all. */
  readonly together?: true;
}

/** An approval, and who keeps it. */
export interface KeptApproval extends Approval {
  readonly of: 'project' | 'organisation';
  /** Whether the change that is judged brings it along. */
  readonly fresh?: true;
}

/** What a change replaces of a crate. */
export interface ReplacedCode {
  readonly version: string;
  /** What of it ran at build time, as if somebody had said yes to it; absent where nobody read it. */
  readonly ran?: readonly KeptApproval[];
}

/** What people approved of one crate. */
export interface ApprovalFact {
  /** Where a change is judged: what was there before it; absent: nothing was. */
  readonly replaced?: ReplacedCode;
  readonly approvals: readonly KeptApproval[];
  /** The project's list, as findings name it. */
  readonly file: string;
  /** Whether the project has a list at all. */
  readonly adopted: boolean;
}

/** The approval fact of one crate. */
export function approvalFact(fact: ApprovalFact, at: number): Fact<ApprovalFact> {
  return known(fact, fact.file, at);
}
