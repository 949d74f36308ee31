/**
 * A fact: what one source says of one release, dated, or `unknown` with the reason.
 * Unknown is a value: a rule decides what it means, and it never reads as "fine".
 */
export type Fact<T> =
  | { readonly kind: 'known'; readonly value: T; readonly source: string; readonly at: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly source: string; readonly at: string };

/** A known fact. `at` is when the source was read, as epoch milliseconds. */
export function known<T>(value: T, source: string, at: number): Fact<T> {
  return { kind: 'known', value, source, at: written(at) };
}

/** A fact that could not be had. `reason` is one clause a person can act on. */
export function unknown(reason: string, source: string, at: number): Fact<never> {
  return { kind: 'unknown', reason, source, at: written(at) };
}

let last = { at: Number.NaN, text: '' };

/** RFC 3339. Facts are gathered by the dozen at one moment, and writing its date out anew took a fifth of a verdict. */
function written(at: number): string {
  if (at !== last.at) last = { at, text: new Date(at).toISOString() };
  return last.text;
}
