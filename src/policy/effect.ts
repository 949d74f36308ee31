/** What a finding asks for, mildest first. */
export type Effect = 'warn' | 'hold' | 'review' | 'deny';

/** What may happen to a release or a change: the strictest effect left, or `allow`. */
export type Decision = 'allow' | 'hold' | 'review' | 'deny';

const strictness: Readonly<Record<Effect, number>> = { warn: 0, hold: 1, review: 2, deny: 3 };

/** Orders effects from mildest to strictest, for `Array.prototype.sort`. */
export function compareEffects(a: Effect, b: Effect): number {
  return strictness[a] - strictness[b];
}
