/**
 * The check set that the public registry itself runs on new names, to compare with: bit flips, letters left out, swapped
 * words, typing mistakes and affixes, against the 3,000 most used crates. Written anew from its public configuration
 * (`src/typosquat/` of rust-lang/crates.io), simplified: every check that it makes is made, names compare as given.
 */
const alphabet = [...'abcdefghijklmnopqrstuvwxyz1234567890-_'];
const affixes = ['api', 'cli', 'core', 'lib', 'rs', 'rust', 'sys'];
const separators = ['-', '_'];

/** Which keys and looks are taken for each other; pairs, as the registry's table has them. */
const typos: Readonly<Record<string, string>> = {
  ...{ '1': '2qil', '2': '1qw3', '3': '2we4', '4': '3er5', '5': '4rt6s', '6': '5ty7', '7': '6yu8' },
  ...{ '8': '7ui9', '9': '8io0', '0': '9op-', '-': '_0p', _: '-0p', q: '12wasz', w: '23esaqx' },
  ...{ e: '34rdswz', r: '45tfde', t: '56ygfr', y: '67uhtiasx', u: '78ijyv', i: '189olkjuy', o: '90pli' },
  ...{ p: '0-o', a: 'qwsz12', s: 'wdxza5q', d: 'erfcxs', f: 'rgvcd', g: 'thbvf', h: 'yjnbg', j: 'uikmnh' },
  ...{
    k: 'iolmj',
    l: 'iopk1',
    z: 'asx67uhtie23',
    x: 'zsdcw',
    c: 'xdfv',
    v: 'cfgbu',
    b: 'vghn',
    n: 'bhjm',
    m: 'njk',
  },
};
const wider: Readonly<Record<string, string>> = { '-': '', _: '', w: 'vv', m: 'rn' };

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
    for (const typo of typos[letter] ?? '') yield before + typo + after;
    if (wider[letter] !== undefined) yield before + wider[letter] + after;
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
