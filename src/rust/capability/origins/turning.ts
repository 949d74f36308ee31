import { after, inside, isSign, isSigns, isWord, nameOf, type Tokens, tokenKind } from '../../tokens.ts';
import { words as word } from '../../vocabulary.ts';
import { saying } from './words.ts';

/** Traits by which a value becomes another one without a word of it: by `&value`, `!value`, `value.into()`, `format!("{value}")`. */
const turning =
  /^(?:AsRef|AsMut|Deref|DerefMut|Borrow|BorrowMut|Index|IndexMut|Not|Neg|(?:Add|Sub|Mul|Div|Rem|Shl|Shr|BitAnd|BitOr|BitXor)(?:Assign)?|From|Into|TryFrom|TryInto|FromStr|FromIterator|Sum|Product|Extend|Display|Debug|LowerHex|UpperHex|ToString|ToOwned|Iterator|DoubleEndedIterator|IntoIterator|Drop)$/;
/** Methods that give a value of a type that stands elsewhere, and the trait that makes it. */
const making: ReadonlyMap<string, string> = new Map([
  ['parse', 'FromStr'],
  ['into', 'From'],
  ['try_into', 'TryFrom'],
  ['collect', 'FromIterator'],
  ['sum', 'Sum'],
  ['product', 'Product'],
]);
const texts = /^(?:str|String|OsStr|OsString|Path|PathBuf|Cow|char|u8|T|S)$/;

/** Whether the rules of a macro, which open there, have anything but what they are given, and how it is unwrapped. */
function makes(tokens: Tokens, open: number): boolean {
  const { from, to } = inside(tokens, open);
  for (let at = from; at < to; at++) {
    const kind = tokens.kinds[at] ?? 0;
    if (kind >= tokenKind.string || isSign(tokens, at, '.') || isSigns(tokens, at, '::')) return true;
    const name = nameOf(tokens, at);
    if (name === undefined) continue;
    if (isSign(tokens, at + 1, '!') && saying.has(name)) at = after(tokens, at + 2) - 1;
    else if (isSign(tokens, at + 1, '!')) return true;
    else if (isSign(tokens, at + 1, '(') && !/^(?:Some|Ok|Err|return)$/.test(name)) return true;
    else if (/^\p{Lu}/u.test(name) && !/^(?:Some|Ok|Err|None)$/.test(name)) return true;
  }
  return false;
}

function isOwnName(name: string): boolean {
  return /^\p{Lu}/u.test(name) && !turning.test(name) && !texts.test(name);
}

/** Which of a crate's own types and macros make of a value what they are not given. */
export class Turning {
  readonly #files: Iterable<Tokens>;
  #types: ReadonlySet<string> | undefined;
  readonly #traits = new Set<string>();
  readonly #macros = new Set<string>();

  constructor(files: Iterable<Tokens>) {
    this.#files = files;
  }

  /** Whether a value of a type that is called so may be taken for something else than what it was made of. */
  isOf(name: string): boolean {
    return this.#read().has(name);
  }

  /** Whether a method may give a value of the crate's own making. */
  isBy(method: string): boolean {
    const trait = making.get(method);
    if (trait === undefined) return false;
    this.#read();
    return this.#traits.has(trait);
  }

  /** Whether the crate has a macro of that name that gives more than what it is given. */
  isMacro(name: string): boolean {
    this.#read();
    return this.#macros.has(name);
  }

  #read(): ReadonlySet<string> {
    if (this.#types !== undefined) return this.#types;
    const types = new Set<string>();
    this.#types = types;
    for (const tokens of this.#files)
      for (const at of tokens.marks)
        if (tokens.words[at] === word.impl) this.#implementation(tokens, at, types);
        else if (
          tokens.words[at] === word.macro_rules &&
          isSign(tokens, at + 1, '!') &&
          makes(tokens, at + 3)
        )
          this.#macros.add(nameOf(tokens, at + 2) ?? '');
    return types;
  }

  /** `impl AsRef<OsStr> for Type {`: all names of its head. */
  #implementation(tokens: Tokens, at: number, types: Set<string>): void {
    const names: string[] = [];
    let traits: readonly string[] | undefined;
    for (let next = at + 1; next < tokens.count && !isSign(tokens, next, '{'); next++) {
      if (isSign(tokens, next, ';') || isWord(tokens, next, 'where')) break;
      if (isWord(tokens, next, 'for')) traits = [...names];
      const name = nameOf(tokens, next);
      if (name !== undefined) names.push(name);
    }
    if (traits === undefined || !traits.some((name) => turning.test(name))) return;
    for (const name of names) if (isOwnName(name)) types.add(name);
    // `From<io::Error>` makes nothing of a text.
    if (!traits.includes('From') || traits.some((name) => texts.test(name)))
      for (const name of traits) this.#traits.add(name);
  }
}
