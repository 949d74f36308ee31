import { nameOf, type Tokens, tokenKind } from './tokens.ts';

/** Looks for names among tokens without making a text of each: most differ in their first letter or their length. */
export class NameFilter {
  readonly #names: ReadonlySet<string>;
  /** By first letter and length. */
  readonly #shapes = new Uint8Array(128 * 64);

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
    for (const name of names) this.#shapes[shape(name.charCodeAt(0), name.length)] = 1;
  }

  /** Whether the token there is one of the names. */
  has(tokens: Tokens, at: number): boolean {
    const kind = tokens.kinds[at];
    if (kind === tokenKind.rawIdent || (tokens.wide && kind === tokenKind.ident))
      return this.#names.has(nameOf(tokens, at) ?? '');
    if (kind !== tokenKind.ident) return false;
    const start = tokens.starts[at] ?? 0;
    const end = tokens.ends[at] ?? 0;
    return (
      this.#shapes[shape(tokens.source.charCodeAt(start), end - start)] === 1 &&
      this.#names.has(nameOf(tokens, at) ?? '')
    );
  }
}

function shape(first: number, length: number): number {
  return (first & 127) * 64 + Math.min(length, 63);
}
