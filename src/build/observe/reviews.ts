import type { CodeReview } from '../../rust/code-review.ts';

/** What of a review an observation is held against. */
export type ComparedReview = Pick<CodeReview, 'shapes' | 'helpers'>;

/**
 * The review of a build script with those of the libraries that it calls, and theirs, each once: what a helper does, it does in the
 * script's process. `helperOf` gives the review of a library by the name that code calls it by; `undefined` where there is none.
 */
export function withHelpers<R extends ComparedReview>(
  script: R,
  helperOf: (name: string) => R | undefined,
): readonly R[] {
  const reviews = [script];
  const queue = new Set(script.helpers);
  for (const name of queue) {
    const review = helperOf(name);
    if (review === undefined) continue;
    reviews.push(review);
    for (const next of review.helpers) queue.add(next);
  }
  return reviews;
}
