import { LRUCache } from 'lru-cache';
import { normaliseLicense } from './normalise.ts';
import { knownTexts } from './texts.ts';

/** What a text is most like. */
export interface Identified {
  /** An SPDX id; absent when nothing is like it enough to be named. */
  readonly id?: string | undefined;
  /** 0–1: Sørensen–Dice over pairs of words, in single precision as cargo-deny has it. */
  readonly confidence: number;
}

/** Below it a likeness is chance, and is not named. */
const floor = 0.5;

/**
 * Which licence of the SPDX list a text is, by similarity. Among equals the first id in the list's order wins, so
 * that the answer is always the same.
 */
export function identifyLicense(text: string): Identified {
  const normalised = normaliseLicense(text);
  const best = earlier.get(normalised) ?? mostLike(normalised);
  earlier.set(normalised, best);
  return best.id === undefined ? best : { ...best, id: corrected(best.id, text) };
}

/** Most crates have one of a few texts, which differ in their copyright lines alone. */
const earlier = new LRUCache<string, Identified>({ max: 128 });

function mostLike(normalised: string): Identified {
  const known = knownTexts();
  const { pairs, size } = known.pairsOf(normalised);
  let id: string | undefined;
  let confidence = 0;
  for (const candidate of known.texts) {
    if (dice(Math.min(size, candidate.size), size + candidate.size) <= Math.max(confidence, floor)) continue;
    const score = dice(common(pairs, candidate.pairs()), size + candidate.size);
    if (score > confidence) [id, confidence] = [candidate.id, score];
  }
  if (confidence <= floor || id === undefined) return { confidence };
  return { id, confidence };
}

/** Pixar's licence is Apache-2.0 with few changes; an Apache-2.0 without its appendix is more like it (cargo-deny 625). */
function corrected(id: string, text: string): string {
  if (id === 'Pixar' && !text.trimStart().startsWith('Modified Apache 2.0 License')) return 'Apache-2.0';
  return id.replace(/\++$/, '');
}

function dice(matches: number, total: number): number {
  return total <= 0 ? 0 : Math.fround(Math.fround(2 * matches) / Math.fround(total));
}

/** Size of the intersection of two sorted multisets. */
function common(a: Uint32Array, b: Uint32Array): number {
  let [i, j, count] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) {
      count++;
      i++;
      j++;
    } else if (x < y) i++;
    else j++;
  }
  return count;
}
