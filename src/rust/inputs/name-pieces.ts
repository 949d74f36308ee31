import { folderOf } from '../source-path.ts';

/** The texts of a crate, as far as files may be called by what is put together of them. */
export class NamePieces {
  readonly #pieces: ReadonlySet<string>;
  /** Of command lines, without quotes. */
  readonly #words: ReadonlySet<string>;
  /** What patterns begin with by which a shell finds files: `READ*`. */
  readonly #beginnings: readonly string[];

  constructor(texts: readonly string[]) {
    const lines = texts.filter((text) => /\s/.test(text) && text.length <= maxLine);
    const words = lines.flatMap((text) => text.replaceAll(/["'\\]/g, '').split(/[^\w.*?-]+/));
    this.#pieces = new Set([...texts, ...words].filter(({ length }) => length > 1 && length <= maxPiece));
    this.#words = new Set(words);
    this.#beginnings = words.flatMap((word) => /^([\w.-]{2,64})[*?]/.exec(word)?.[1] ?? []);
  }

  /**
   * Whether the name of a file (`path` is in the package) may be two or more of the texts, one behind the other, or is one of them
   * turned round: `["READ", "ME.md"].concat()`, `sh -c 'sh READ*'`.
   */
  make(path: string): boolean {
    const name = path.slice(folderOf(path).length).replace(/^\//, '');
    if (this.#pieces.has([...name].reverse().join(''))) return true;
    if (this.#words.has(name) || this.#beginnings.some((one) => name.startsWith(one))) return true;
    // How many pieces each beginning of the name is made of; 0: of none.
    const counts = [0];
    for (let end = 1; end <= name.length; end++) {
      let count = 0;
      for (let from = Math.max(0, end - maxPiece); from < end && count === 0; from++)
        if ((from === 0 || (counts[from] ?? 0) > 0) && this.#pieces.has(name.slice(from, end)))
          count = from === 0 && end === name.length ? 0 : (counts[from] ?? 0) + 1;
      counts.push(count);
    }
    return (counts[name.length] ?? 0) > 1;
  }
}

const maxPiece = 64;
/** Longest text that may be a command line. */
const maxLine = 4096;
