import { areNeighbours } from './keyboard.ts';
import { skeleton, squash, versionBase, wordsOf } from './name.ts';

/** How one name was made of another by a slip of hand or eye. */
export type Slip =
  | 'separator'
  | 'look-alike'
  | 'version'
  | 'transposition'
  | 'repetition'
  | 'plural'
  | 'omission'
  | 'keyboard'
  | 'bit-flip'
  | 'addition'
  | 'substitution';

/** The slip that makes `suspect` of `target` (both canonical and not equal), if one alone does. */
export function slipBetween(suspect: string, target: string): Slip | undefined {
  const a = squash(suspect);
  const b = squash(target);
  if (a === b) return 'separator';
  const base = versionBase(suspect);
  if (base.length >= 3 && squash(base) === squash(versionBase(target))) return 'version';
  if (skeleton(a) === skeleton(b)) return 'look-alike';
  if (a.length === b.length) return sameLength(a, b);
  if (a.length === b.length + 1) return longer(a, b);
  if (a.length + 1 === b.length) return shorter(a, b);
  return undefined;
}

function sameLength(a: string, b: string): Slip | undefined {
  const i = firstDifference(a, b);
  if (a.slice(i + 1) === b.slice(i + 1)) return substitution(a.charCodeAt(i), b.charCodeAt(i));
  const swapped = a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
  return swapped ? 'transposition' : undefined;
}

function substitution(a: number, b: number): Slip {
  const bits = a ^ b;
  if (areNeighbours(String.fromCharCode(a), String.fromCharCode(b))) return 'keyboard';
  return (bits & (bits - 1)) === 0 ? 'bit-flip' : 'substitution';
}

function longer(a: string, b: string): Slip | undefined {
  const i = firstDifference(a, b);
  if (a.slice(i + 1) !== b.slice(i)) return undefined;
  if (i === b.length && a[i] === 's') return 'plural';
  return a[i] === a[i - 1] || a[i] === a[i + 1] ? 'repetition' : 'addition';
}

function shorter(a: string, b: string): Slip | undefined {
  const i = firstDifference(a, b);
  if (a.slice(i) !== b.slice(i + 1)) return undefined;
  return i === a.length && b[i] === 's' ? 'plural' : 'omission';
}

function firstDifference(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

/**
 * The part of two names where they differ, as the longest differing word: where `tree-sitter-php` and `tree-sitter-hcl`
 * differ by two letters, the word itself is another.
 */
export function differingLength(suspect: string, target: string): number {
  const a = wordsOf(suspect);
  const b = wordsOf(target);
  if (a.length !== b.length) return Math.min(squash(suspect).length, squash(target).length);
  const differing = a.flatMap((word, i) => (word === b[i] ? [] : [Math.min(word.length, b[i]?.length ?? 0)]));
  return Math.max(0, ...differing);
}

/** Edits (insert, delete, replace, swap neighbours; no part edited twice) from one text to the other, up to `limit` + 1. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
      least = Math.min(least, best);
    }
    if (least > limit) return limit + 1;
    before = above;
    above = row;
  }
  return Math.min(above[b.length] ?? 0, limit + 1);
}
