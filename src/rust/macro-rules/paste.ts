import { stringOf } from '../literal.ts';
import { after, inside, isSign, nameOf, type TokenRange, type Tokens, textOf, tokenKind } from '../tokens.ts';

/** What a macro is given, with the names put together that stand in it as `[<Com mand>]` (crates `paste`, `pastey`). */
export interface Pasted {
  readonly text: string;
  /** Whether a name is made of what cannot be told. */
  readonly unknown: boolean;
}

/** `undefined` where nothing is put together in the arguments of a macro's call. */
export function pasted(tokens: Tokens, range: TokenRange): Pasted | undefined {
  if (!hasPaste(tokens, range)) return undefined;
  const pieces: string[] = [];
  let unknown = false;
  for (let at = range.from; at < range.to; at++) {
    if (isPaste(tokens, at)) {
      const name = nameFrom(tokens, { from: at + 2, to: after(tokens, at) - 2 });
      if (name === undefined) unknown = true;
      pieces.push(' ', name ?? '_unknown');
      at = after(tokens, at) - 1;
      continue;
    }
    const touches =
      tokens.kinds[at] === tokenKind.punct &&
      tokens.kinds[at - 1] === tokenKind.punct &&
      tokens.ends[at - 1] === tokens.starts[at];
    pieces.push(touches ? '' : ' ', textOf(tokens, at));
  }
  return { text: pieces.join(''), unknown };
}

function hasPaste(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let at = from; at < to; at++) if (isPaste(tokens, at)) return true;
  return false;
}

/** `[<` up to `>]`, and no `[<T>::X]`. */
function isPaste(tokens: Tokens, at: number): boolean {
  if (!isSign(tokens, at, '[') || !isSign(tokens, at + 1, '<')) return false;
  const { to } = inside(tokens, at);
  return isSign(tokens, to - 1, '>') && to - 1 > at + 1;
}

function nameFrom(tokens: Tokens, { from, to }: TokenRange): string | undefined {
  let name = '';
  let last = '';
  for (let at = from; at < to; at++) {
    const text = nameOf(tokens, at) ?? stringOf(tokens, at);
    if (isSign(tokens, at, ':')) {
      const changed = modified(last, nameOf(tokens, at + 1) ?? '');
      if (changed === undefined) return undefined;
      name = name.slice(0, name.length - last.length) + changed;
      last = changed;
      at++;
    } else if (text !== undefined) {
      // `env!("X")`, `$name`.
      if (isSign(tokens, at + 1, '!') || isSign(tokens, at - 1, '$')) return undefined;
      last = text;
      name += text;
    } else if (tokens.kinds[at] === tokenKind.integer) {
      last = textOf(tokens, at);
      name += last;
    } else if (isSign(tokens, at, '#')) {
      // `#name`, a raw one.
    } else return undefined;
  }
  return name;
}

function modified(text: string, by: string): string | undefined {
  switch (by) {
    case 'lower':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'snake':
      return text.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
    case 'camel':
    case 'upper_camel':
      return words(text).map(capital).join('');
    case 'lower_camel':
      return words(text)
        .map((word, i) => (i === 0 ? word.toLowerCase() : capital(word)))
        .join('');
    default:
      return undefined;
  }
}

function words(text: string): readonly string[] {
  return text.split(/_+|(?<=[a-z0-9])(?=[A-Z])/).filter((word) => word !== '');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}
