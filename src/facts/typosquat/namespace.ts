import { canonicalName } from '../../cargo/index-path.ts';
import { affixes, isAffix, type Restem, withoutAffixes, withoutOneAffix } from './affix.ts';
import { differingLength, editDistance, slipBetween } from './edit.ts';
import { skeleton, squash, versionBase, wordsKey } from './name.ts';
import {
  hashesWithout,
  hashesWithoutTwo,
  hashOf,
  hashOfJoined,
  Neighbourhood,
  rawHash,
} from './neighbourhood.ts';
import { type Resemblance, sayWhy, type Technique, weigh } from './resemblance.ts';

/** A name that exists, and what is known of its crate. */
export interface KnownName {
  readonly name: string;
  /** Downloads, or an estimate of them. */
  readonly uses: number;
  /** Epoch milliseconds. */
  readonly created?: number | undefined;
  /** The organisation's own crate: whatever resembles it means something. */
  readonly own?: boolean | undefined;
}

/** A name to be judged. What is left out is not known, and counts as new and unused. */
export interface Suspect {
  readonly name: string;
  readonly uses?: number | undefined;
  /** Epoch milliseconds. */
  readonly created?: number | undefined;
  /** Whether the crate of that name has an owner in common with the suspect. */
  readonly sharesOwnerWith?: ((crate: string) => boolean) | undefined;
}

/** Most resemblances that are told of one name. */
const most = 5;

/** Names that are indexed at once: some ten milliseconds. */
const slice = 500;

/** From here on two letters may differ, in names that are long and much used. */
const farLength = 10;
const farUses = 500_000;

/** Every name that is known, indexed once; a question takes well under a millisecond. */
export class Namespace {
  readonly #names: KnownName[] = [];
  readonly #canonicals: string[] = [];
  /** Whether the organisation's own names are among them. */
  readonly hasOwn: boolean;
  readonly #size: number;
  /** Names that the first question has indexed: most crates that are asked of are well known, and need none. */
  #waiting: readonly KnownName[];
  #index: Neighbourhood | undefined;

  constructor(names: readonly KnownName[]) {
    this.hasOwn = names.some(({ own }) => own === true);
    this.#size = names.length;
    this.#waiting = names;
  }

  /** The same in slices: `pause` is waited for after each, so that others get their turn. */
  static async inSlices(names: readonly KnownName[], pause: () => Promise<void>): Promise<Namespace> {
    const namespace = new Namespace(names);
    namespace.#waiting = [];
    namespace.#index = new Neighbourhood(formsOf(names));
    for (let at = 0; at < names.length; at += slice) {
      namespace.#add(names.slice(at, at + slice));
      await pause();
    }
    return namespace;
  }

  get size(): number {
    return this.#size;
  }

  /** The crates that a name resembles and that are much more used: the organisation's own, then the strongest, first. */
  resemblances(suspect: Suspect): readonly Resemblance[] {
    const name = canonicalName(suspect.name);
    const hits = new Map<number, Resemblance>();
    const hit = (id: number, technique: Technique, affixes: readonly string[] = [], emptyAffix = false) => {
      if (hits.has(id)) return;
      const found = this.#weighed(id, suspect, { name, technique, affixes, emptyAffix });
      if (found !== undefined) hits.set(id, found);
    };
    this.#slips(name, hit);
    this.#affixes(name, hit);
    this.#far(name, hit);
    return strongestFirst([...hits.values()]);
  }

  /** The index, made when it is first asked. */
  get #forms(): Neighbourhood {
    if (this.#index !== undefined) return this.#index;
    const names = this.#waiting;
    this.#waiting = [];
    this.#index = new Neighbourhood(formsOf(names));
    this.#add(names);
    return this.#index;
  }

  #add(names: readonly KnownName[]): void {
    for (const known of names) {
      const canonical = canonicalName(known.name);
      this.#names.push(known);
      this.#canonicals.push(canonical);
      this.#indexed(this.#names.length - 1, canonical, known);
    }
  }

  #indexed(id: number, canonical: string, known: KnownName): void {
    const squashed = squash(canonical);
    const add = (hash: number) => this.#forms.add(hash, id);
    hashesWithout('near', squashed, add);
    const words = wordsKey(canonical);
    if (words !== undefined) this.#forms.add(hashOf('words', words), id);
    this.#forms.add(hashOf('skeleton', skeleton(squashed)), id);
    this.#forms.add(hashOf('version', squash(versionBase(canonical))), id);
    if (isFar(known)) hashesWithoutTwo('far', squashed, add);
  }

  #slips(name: string, hit: Hit): void {
    const squashed = squash(name);
    const near = new Set<number>();
    hashesWithout('near', squashed, (hash) => this.#forms.find(hash, near));
    this.#forms.find(hashOf('skeleton', skeleton(squashed)), near);
    this.#forms.find(hashOf('version', squash(versionBase(name))), near);
    for (const id of near) {
      const slip = slipBetween(name, this.#canonical(id));
      if (slip !== undefined) hit(id, slip);
    }
    const words = wordsKey(name);
    if (words === undefined) return;
    for (const id of this.#all(hashOf('words', words))) {
      if (wordsKey(this.#canonical(id)) === words) hit(id, 'swapped-words');
    }
  }

  #affixes(name: string, hit: Hit): void {
    for (const stem of withoutAffixes(name)) {
      this.#whole(stem, 'affix-added', hit);
      const base = versionBase(stem.name);
      for (const id of this.#all(hashOf('version', squash(base)))) {
        if (base.length >= 3 && slipBetween(stem.name, this.#canonical(id)) === 'version')
          hit(id, 'affix-and-version', stem.affixes);
      }
    }
    if (isAffix(name)) return;
    this.#longer({ name, affixes: [], empty: false }, 'affix-dropped', hit);
    for (const stem of withoutOneAffix({ name, affixes: [], empty: true }))
      this.#longer(stem, 'affix-changed', hit);
  }

  /** The names that are exactly a stem. */
  #whole(stem: Restem, technique: Technique, hit: Hit): void {
    const squashed = squash(stem.name);
    for (const id of this.#all(hashOf('near', squashed))) {
      if (squash(this.#canonical(id)) === squashed) hit(id, technique, stem.affixes, stem.empty);
    }
  }

  /**
   * The names that are a stem with one affix more. Where the stem has lost an affix itself, one of the two must be an
   * empty one: `foo-cli` and `foo-core` are parts of one project more often than not.
   */
  #longer(stem: Restem, technique: 'affix-dropped' | 'affix-changed', hit: Hit): void {
    const squashed = squash(stem.name);
    const raw = rawHash(squashed);
    for (const { affix, raw: rawAffix } of hashedAffixes) {
      if (technique === 'affix-changed' && !affix.empty && !stem.empty) continue;
      const hash = affix.atFront
        ? hashOfJoined('near', rawAffix, raw, squashed.length)
        : hashOfJoined('near', raw, rawAffix, affix.word.length);
      if (!this.#forms.has(hash)) continue;
      const whole = affix.atFront ? affix.word + squashed : squashed + affix.word;
      const said = technique === 'affix-dropped' ? [affix.written] : stem.affixes;
      for (const id of this.#all(hash)) {
        if (squash(this.#canonical(id)) === whole) hit(id, technique, said, affix.empty);
      }
    }
  }

  #far(name: string, hit: Hit): void {
    const squashed = squash(name);
    if (squashed.length < farLength - 2 || squashed.length > 64) return;
    const far = new Set<number>();
    hashesWithoutTwo('far', squashed, (hash) => this.#forms.find(hash, far));
    for (const id of far) {
      if (editDistance(squashed, squash(this.#canonical(id)), 2) <= 2) hit(id, 'two-edits');
    }
  }

  #weighed(
    id: number,
    suspect: Suspect,
    how: { name: string; technique: Technique; affixes: readonly string[]; emptyAffix: boolean },
  ): Resemblance | undefined {
    const known = this.#names[id];
    if (known === undefined) return undefined;
    const target = this.#canonical(id);
    // Names equal but for case, `-` and `_` are one crate: no registry has both.
    if (target === how.name) return undefined;
    const isOlder =
      known.created !== undefined && suspect.created !== undefined && known.created > suspect.created;
    if (isOlder && known.own !== true) return undefined;
    const strength = weigh({
      technique: how.technique,
      length: inOneWord.has(how.technique) ? differingLength(how.name, target) : squash(target).length,
      emptyAffix: how.emptyAffix,
      suspectUses: suspect.uses ?? 0,
      uses: known.uses,
      own: known.own ?? false,
    });
    if (strength === undefined || suspect.sharesOwnerWith?.(known.name) === true) return undefined;
    return {
      crate: known.name,
      technique: how.technique,
      why: sayWhy(how.technique, known.name, how.affixes),
      strength,
      uses: known.uses,
      own: known.own ?? false,
    };
  }

  #all(hash: number): ReadonlySet<number> {
    if (!this.#forms.has(hash)) return none;
    const found = new Set<number>();
    this.#forms.find(hash, found);
    return found;
  }

  #canonical(id: number): string {
    return this.#canonicals[id] ?? '';
  }
}

/** The organisation's own, then the strongest, first; no more than can be told. */
export function strongestFirst(resemblances: readonly Resemblance[]): readonly Resemblance[] {
  return resemblances.toSorted(byWeight).slice(0, most);
}

/** How many entries the names take, about. */
function formsOf(names: readonly KnownName[]): number {
  return names.reduce(
    (sum, known) => sum + known.name.length + 5 + (isFar(known) ? known.name.length ** 2 / 2 : 0),
    0,
  );
}

const hashedAffixes = affixes.map((affix) => ({ affix, raw: rawHash(affix.word) }));

const none: ReadonlySet<number> = new Set();

/** Techniques that say something of the word that differs, not of the whole name. */
const inOneWord: ReadonlySet<Technique> = new Set([
  'addition',
  'substitution',
  'bit-flip',
  'keyboard',
  'two-edits',
]);

function isFar({ name, uses, own }: KnownName): boolean {
  return name.length >= farLength && name.length <= 64 && (uses >= farUses || own === true);
}

type Hit = (id: number, technique: Technique, affixes?: readonly string[], emptyAffix?: boolean) => void;

function byWeight(a: Resemblance, b: Resemblance): number {
  return (
    Number(b.own) - Number(a.own) ||
    (a.strength === b.strength ? 0 : a.strength === 'strong' ? -1 : 1) ||
    b.uses - a.uses ||
    (a.crate < b.crate ? -1 : 1)
  );
}
