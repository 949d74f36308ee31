/** So many names of a way are shown; no project that people wrote has a longer one. */
const most = 40;

/** A way from package to package, as `app → a → b`; of one that nobody would read, both ends. */
export function wayText(names: readonly string[]): string {
  if (names.length <= most) return names.join(' → ');
  const half = most / 2;
  const left = names.length - most;
  return [...names.slice(0, half), `… ${left} more …`, ...names.slice(-half)].join(' → ');
}
