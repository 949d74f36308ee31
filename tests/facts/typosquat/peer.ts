/**
 * The check set that the public registry itself runs on new names, to compare with: bit flips, letters left out, swapped
 * words, typing mistakes and affixes, against the 3,000 most used crates. Our own approximation of it: the same checks,
 * with our own tables of keys and looks. Names compare as given.
 */
import { areNeighbours } from '../../../src/facts/typosquat/keyboard.ts';

const alphabet = [...'abcdefghijklmnopqrstuvwxyz1234567890-_'];
const affixes = ['api', 'cli', 'core', 'lib', 'rs', 'rust', 'sys'];
const separators = ['-', '_'];

/** What looks like another letter, besides the keys that touch; its own table differs in a few pairs. */
const looks: Readonly<Record<string, readonly string[]>> = {
  ...{ '0': ['o'], o: ['0'], '1': ['l', 'i'], l: ['1', 'i'], i: ['1', 'l'], '5': ['s'], s: ['5'] },
  ...{ u: ['v'], v: ['u'], '-': ['_', ''], _: ['-', ''], w: ['vv'], m: ['rn'] },
};

/** Whether the registry's own checks name a crate that `name` resembles. */
export function peerNames(name: string, popular: ReadonlySet<string>): boolean {
  return [...variants(name)].some((variant) => variant !== name && popular.has(variant));
}

function* variants(name: string): Generator<string> {
  for (let i = 0; i <= name.length; i++) {
    const [before, letter, after] = [name.slice(0, i), name[i] ?? '', name.slice(i + 1)];
    for (const added of alphabet) yield before + added + name.slice(i);
    if (letter === '') continue;
    for (let bit = 0; bit < 8; bit++) {
      const flipped = String.fromCharCode(letter.charCodeAt(0) ^ (1 << bit));
      if (alphabet.includes(flipped)) yield before + flipped + after;
    }
    const typos = alphabet.filter((key) => areNeighbours(letter, key));
    for (const typo of [...typos, ...(looks[letter] ?? [])]) yield before + typo + after;
  }
  const words = name.split(/[-_]/);
  if (words.length > 1 && words.length < 6) {
    for (const order of permutations(words)) for (const separator of separators) yield order.join(separator);
  }
  for (const separator of separators) {
    for (const affix of affixes) {
      if (name.startsWith(affix + separator)) yield name.slice(affix.length + 1);
      if (name.endsWith(separator + affix)) yield name.slice(0, -affix.length - 1);
      yield affix + separator + name;
      yield name + separator + affix;
    }
  }
}

function permutations(words: readonly string[]): readonly (readonly string[])[] {
  if (words.length < 2) return [words];
  return words.flatMap((word, i) =>
    permutations([...words.slice(0, i), ...words.slice(i + 1)]).map((rest) => [word, ...rest]),
  );
}
