/** One line that is only in one of two texts. */
export interface DiffLine {
  readonly kind: 'added' | 'removed';
  /** 1-based, in the text that has it. */
  readonly line: number;
  readonly text: string;
}

/** The lines that differ, in order; removed ones before those that took their place. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  return walk(a, b, start, endA, endB);
}

/** Longest common subsequence over the middle that is left, which is short where little was changed. */
function walk(
  a: readonly string[],
  b: readonly string[],
  start: number,
  endA: number,
  endB: number,
): DiffLine[] {
  const common = Array.from({ length: endA - start + 1 }, () => new Uint32Array(endB - start + 1));
  const at = (i: number, j: number) => common[i - start]?.[j - start] ?? 0;
  for (let i = endA - 1; i >= start; i--)
    for (let j = endB - 1; j >= start; j--) {
      const row = common[i - start];
      if (row !== undefined)
        row[j - start] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const changes: DiffLine[] = [];
  let [i, j] = [start, start];
  while (i < endA || j < endB) {
    if (i < endA && j < endB && a[i] === b[j]) {
      i++;
      j++;
    } else if (i < endA && (j >= endB || at(i + 1, j) >= at(i, j + 1))) {
      changes.push({ kind: 'removed', line: i + 1, text: a[i] ?? '' });
      i++;
    } else {
      changes.push({ kind: 'added', line: j + 1, text: b[j] ?? '' });
      j++;
    }
  }
  return changes;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
