/** Paths that a person reads differently from what they are; at most a few are named. */
export function oddNames(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => odd.some((pattern) => pattern.test(path))).slice(0, maxNamed);
}

const maxNamed = 10;

const odd: readonly RegExp[] = [
  // Text that runs backwards, and marks that show as nothing: `photo_\u202egnp.rs`.
  /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/,
  // Letters of other scripts within a Latin word: `sеrde.rs` with a Cyrillic е.
  /[a-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][a-z]/i,
  // Many blanks that push the real extension out of sight.
  /\s{4,}/,
];
