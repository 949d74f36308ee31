import type { Capability } from './capability/capability.ts';
import type { InputFile } from './inputs/inputs.ts';
import type { Unfollowed } from './module.ts';

/** What was found of code that runs: of a build script, of macros, of a library. Places are in the package. */
export interface CodeReview {
  /** In the order of files and lines, at most `maxListed`. */
  readonly capabilities: readonly Capability[];
  /** Capabilities beyond those listed. */
  readonly unlisted: number;
  /** What nobody can read. Code with any is never harmless. */
  readonly opaque: readonly Unfollowed[];
  /** Other crates that it calls and that are no known tools, as code names them: what those do is in their own reviews. */
  readonly helpers: readonly string[];
  /** What it can do without where: what two versions are compared by. Sorted. */
  readonly shapes: readonly string[];
  /** SHA-256 (hex) of its tokens, comments left out. */
  readonly tokens: string;
  /** What of the package, beside its Rust code, it can run, include or hand to a tool. */
  readonly inputs: ReviewedInputs;
}

/** The files that code can hand on, as far as a review keeps them. */
export interface ReviewedInputs {
  /** SHA-256 (hex) of their paths and bytes. */
  readonly digest: string;
  readonly files: readonly InputFile[];
  /** What its shapes have by those files alone. Sorted. */
  readonly shapes: readonly string[];
}

/** Capabilities that one review lists; real ones have fewer. */
export const maxListed = 400;
const maxOpaque = 50;

/** Keeps what is listed within bounds; the shapes have them all. */
export function bounded(review: Omit<CodeReview, 'unlisted'>): CodeReview {
  return {
    ...review,
    capabilities: review.capabilities.slice(0, maxListed),
    unlisted: Math.max(0, review.capabilities.length - maxListed),
    opaque: review.opaque.slice(0, maxOpaque),
  };
}
