/** Where a name counts, as far as what stands beside it tells. */
export type Where =
  /** Wherever it stands, but for fields and methods. */
  | 'anywhere'
  /** As a method too. */
  | 'method'
  /** Where it begins a path or stands in one, or is brought by `use` or `extern crate`: the name of a crate. */
  | 'crate'
  /** The same, where the name means much else: beside that it says nothing, `cfg(windows)` for one. */
  | 'crate-only'
  /** The same as a crate, and where a macro is given it: a module. */
  | 'module'
  /** Where it is in a path, brought or called; by itself only where a file takes all names of something. */
  | 'function'
  /** Not where it is only the type or the name of what is declared. */
  | 'type'
  /** Where it is called, only beside the type of a function: `transmute`. */
  | 'beside-function'
  /** Not where it is called as a macro, which is looked after elsewhere: `include`. */
  | 'other-name';

/** Words of the language that a skim looks at. */
export type Keyword = (typeof keywords)[number];

const keywords = [
  'as',
  'cfg',
  'cfg_attr',
  'fn',
  'include',
  'macro',
  'macro_rules',
  'mod',
  'use',
  'std',
  'core',
] as const;

/** What a skim knows of a name. */
interface Known {
  readonly name: string;
  readonly keyword: Keyword | undefined;
  readonly where: Where | undefined;
}

const room = 1 << 15;

/** Names that a skim looks for. */
export class Needles {
  readonly #known = new Map<number, Known[]>();
  /** By the last bits of their hashes: most other names are told apart by this alone. */
  readonly bits = new Uint8Array(room);

  constructor(names: ReadonlyMap<string, Where>) {
    for (const name of new Set([...names.keys(), ...keywords])) {
      const keyword = keywords.find((word) => word === name);
      const known = { name, keyword, where: names.get(name) };
      const hash = hashOf(name);
      this.bits[hash & (room - 1)] = 1;
      this.#known.set(hash, [...(this.#known.get(hash) ?? []), known]);
    }
  }

  /** What is known of the name with this hash. */
  at(bytes: Buffer, from: number, to: number, hash: number): Known | undefined {
    const known = this.#known.get(hash);
    if (known === undefined) return undefined;
    const name = bytes.toString('latin1', from, to);
    return known.find((one) => one.name === name);
  }
}

/** Of a name's letters; a skim works it out byte by byte. */
export function hashOf(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0;
  return hash;
}

/** Names that may be in a file, by their hashes: it says no where a name surely is not. */
export class NameSet {
  readonly #bits: Uint8Array;
  readonly #mask: number;

  /** `length`: of the file, in bytes. */
  constructor(length: number) {
    const size = 2 ** Math.min(13, Math.max(7, Math.ceil(Math.log2(length + 1)) - 4));
    this.#bits = new Uint8Array(size);
    this.#mask = size - 1;
  }

  add(hash: number): void {
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
    const at = (mixed >> 3) & this.#mask;
    this.#bits[at] = (this.#bits[at] as number) | (1 << (mixed & 7));
  }

  mayHave(name: string): boolean {
    const hash = hashOf(name);
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
    return ((this.#bits[(mixed >> 3) & this.#mask] as number) & (1 << (mixed & 7))) !== 0;
  }
}
