import type { Slip } from './edit.ts';

/** How a name resembles another. */
export type Technique =
  | Slip
  | 'swapped-words'
  | 'affix-added'
  | 'affix-dropped'
  | 'affix-changed'
  | 'affix-and-version'
  | 'two-edits';

/** One crate that a name resembles, and why. */
export interface Resemblance {
  /** The crate that it resembles, as its registry spells it. */
  readonly crate: string;
  readonly technique: Technique;
  /** The rest of the sentence "its name …". */
  readonly why: string;
  /** `strong`: close, and the other crate is much used, or one's own. */
  readonly strength: 'strong' | 'weak';
  /** How much the other crate is used, in downloads or an estimate of them. */
  readonly uses: number;
  /** Whether the other crate is the organisation's own. */
  readonly own: boolean;
}

/** Slips that nobody makes on purpose when naming something new. */
const close: ReadonlySet<Technique> = new Set([
  ...(['separator', 'look-alike', 'version', 'transposition', 'repetition', 'plural'] as const),
  ...(['omission', 'keyboard', 'bit-flip', 'swapped-words'] as const),
]);

/** Whether it is a slip that nobody makes on purpose when naming something new. */
export function isSlip(technique: Technique): boolean {
  return close.has(technique);
}

/** From how many letters on a technique means anything: short names and words are near each other by chance. */
const leastLength: Readonly<Record<Technique, number>> = {
  separator: 4,
  'look-alike': 3,
  version: 3,
  transposition: 4,
  repetition: 4,
  plural: 3,
  omission: 5,
  keyboard: 5,
  'bit-flip': 5,
  addition: 6,
  substitution: 6,
  'swapped-words': 5,
  'affix-added': 3,
  'affix-dropped': 3,
  'affix-changed': 4,
  'affix-and-version': 3,
  'two-edits': 8,
};

/** How many times as much the older crate must be used. */
function leastRatio(technique: Technique): number {
  if (technique === 'two-edits') return 1000;
  return close.has(technique) ? 10 : 50;
}

/** Downloads that every new crate gets from crawlers and mirrors: below it, "how many times as much" means nothing. */
const noise = 500;

/** Crates with fewer downloads are never worth imitating, however little the suspect is used. */
export const leastImitated = 10 * noise;

/** Downloads from which a crate is much used. */
const muchUsed = 500_000;

export interface Weighing {
  readonly technique: Technique;
  /** Letters that were compared: of the imitated name, or of the word that differs. */
  readonly length: number;
  readonly emptyAffix: boolean;
  readonly suspectUses: number;
  readonly uses: number;
  readonly own: boolean;
}

/** How much a resemblance means; `undefined`: nothing. */
export function weigh(found: Weighing): Resemblance['strength'] | undefined {
  const { technique, length, uses, own } = found;
  if (length < leastLength[technique]) return undefined;
  if (own) return 'strong';
  if (uses < leastRatio(technique) * Math.max(found.suspectUses, noise)) return undefined;
  if (uses < muchUsed) return 'weak';
  if (close.has(technique)) return 'strong';
  if (technique === 'affix-added' || technique === 'affix-dropped')
    return found.emptyAffix ? 'strong' : 'weak';
  if (technique === 'affix-changed' || technique === 'affix-and-version') return 'weak';
  return length >= (technique === 'two-edits' ? 12 : 8) ? 'strong' : 'weak';
}

/** Finishes "its name …", in plain words. */
export function sayWhy(technique: Technique, crate: string, affixes: readonly string[]): string {
  const said = affixes.map((affix) => `“${affix}”`).join(' and ');
  switch (technique) {
    case 'separator':
      return `is ${crate} with its words joined or split`;
    case 'look-alike':
      return `looks like ${crate}: only look-alike letters or digits differ`;
    case 'version':
      return `is ${crate} with another number at the end`;
    case 'transposition':
      return `is ${crate} with two neighbouring letters swapped`;
    case 'repetition':
      return `is ${crate} with a letter doubled`;
    case 'plural':
      return `is ${crate} with the final s added or dropped`;
    case 'omission':
      return `is ${crate} with a letter left out`;
    case 'keyboard':
      return `is ${crate} with a neighbouring key hit`;
    case 'bit-flip':
      return `is ${crate} with one bit flipped`;
    case 'addition':
      return `is ${crate} with a letter added`;
    case 'substitution':
      return `is ${crate} with one letter changed`;
    case 'swapped-words':
      return `has the words of ${crate} in another order or form`;
    case 'affix-added':
      return `is ${crate} with ${said} added`;
    case 'affix-dropped':
      return `is ${crate} without its ${said}`;
    case 'affix-changed':
      return `is ${crate} with another word in the place of ${said}`;
    case 'affix-and-version':
      return `is ${crate} with ${said} added and another number at the end`;
    case 'two-edits':
      return `is two letters away from ${crate}`;
  }
}
