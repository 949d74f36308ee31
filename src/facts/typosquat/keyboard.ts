/** Rows as they lie under the fingers; each next row half a key to the right. QWERTY, QWERTZ and AZERTY. */
const layouts: readonly (readonly string[])[] = [
  ['1234567890-', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  ['1234567890', 'qwertzuiop', 'asdfghjkl', 'yxcvbnm-'],
  ['1234567890', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'],
];

const neighbours = new Map<string, Set<string>>();
for (const layout of layouts) {
  for (const [r, row] of layout.entries()) {
    for (const [c, key] of [...row].entries()) {
      join(key, row[c + 1]);
      join(key, layout[r + 1]?.[c]);
      join(key, layout[r + 1]?.[c - 1]);
    }
  }
}

/** Whether the two keys touch on a common keyboard. */
export function areNeighbours(a: string, b: string): boolean {
  return neighbours.get(a)?.has(b) ?? false;
}

function join(a: string, b: string | undefined): void {
  if (b === undefined) return;
  put(a, b);
  put(b, a);
}

function put(a: string, b: string): void {
  const set = neighbours.get(a) ?? new Set();
  neighbours.set(a, set.add(b));
}
