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
  /** SHA-256 (hex) of the surface of macros. */
  readonly surface?: string;
  /** What it could do. */
  readonly capabilities: readonly string[];
  /** Whether nobody read it: it was there when the list was begun. */
  readonly grandfathered?: true;
}

/** An approval, and who keeps it. */
export interface KeptApproval extends Approval {
  readonly of: 'project' | 'organisation';
  /** Whether the change that is judged brings it along. */
  readonly fresh?: true;
}

/** What people approved of one crate. */
export interface ApprovalFact {
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
