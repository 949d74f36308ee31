import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** One text of the SPDX list: a licence, or the short header that stands for it in a source file. */
export interface KnownText {
  /** As the list of texts names it; a licence whose text several ids share has the first of them. */
  readonly id: string;
  /** Pairs of neighbouring words as numbers, sorted, as often as they occur. */
  readonly pairs: () => Uint32Array;
  /** How many pairs. */
  readonly size: number;
}

export interface KnownTexts {
  readonly texts: readonly KnownText[];
  /** Sorted pairs of a normalised text. Pairs with a word that no licence has are left out. */
  readonly pairsOf: (normalised: string) => { readonly pairs: Uint32Array; readonly size: number };
}

let loaded: KnownTexts | undefined;

/** The texts, read at the first call: 0.3 MB of data beside this file, made by scripts/license-data.ts. */
export function knownTexts(): KnownTexts {
  loaded ??= unpack(brotliDecompressSync(readFileSync(new URL('./license-texts.br', import.meta.url))));
  return loaded;
}

interface Head {
  /** Id and number of words of each text. */
  readonly texts: readonly (readonly [string, number])[];
  /** Every word once; its place is its number. */
  readonly vocabulary: readonly string[];
}

/** Layout: length of the head (u32 LE), the head as JSON, then the texts' words one after the other (u16 LE). */
function unpack(bytes: Buffer): KnownTexts {
  const headEnd = 4 + bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString('utf8', 4, headEnd)) as Head;
  const numbers = new Map(head.vocabulary.map((word, number) => [word, number]));
  let at = headEnd;
  const texts = head.texts.map(([id, words]): KnownText => {
    const start = at;
    at += words * 2;
    let pairs: Uint32Array | undefined;
    return {
      id,
      size: words - 1,
      pairs: () => {
        pairs ??= sortedPairs(Array.from({ length: words }, (_, i) => bytes.readUInt16LE(start + i * 2)));
        return pairs;
      },
    };
  });
  return {
    texts,
    pairsOf: (normalised) => {
      const words = normalised.split(' ');
      return { pairs: sortedPairs(words.map((word) => numbers.get(word))), size: words.length - 1 };
    },
  };
}

/** Word numbers are below 2^16, so a pair fits 32 bits. */
function sortedPairs(words: readonly (number | undefined)[]): Uint32Array {
  const pairs = new Uint32Array(words.length);
  let count = 0;
  for (let i = 1; i < words.length; i++) {
    const [first, second] = [words[i - 1], words[i]];
    if (first !== undefined && second !== undefined) pairs[count++] = first * 0x1_0000 + second;
  }
  return pairs.slice(0, count).sort();
}
