import { after, inside, isSign, nameOf, type TokenRange, type Tokens, textOf, tokenKind } from '../tokens.ts';
import { type Bindings, type Bound, repetitionAt } from './matcher.ts';

/** Longest text that one call makes, in characters. */
const maxText = 2 * 1024 * 1024;

/** The text of a rule's right side with what its fragments stand for; `undefined` where it would be too long. */
export function transcribed(tokens: Tokens, body: TokenRange, bindings: Bindings): string | undefined {
  const writer = new Writer();
  write(writer, tokens, body, bindings);
  return writer.length > maxText ? undefined : writer.text();
}

/** Puts tokens together, with a space wherever they did not touch. */
class Writer {
  readonly #pieces: string[] = [];
  length = 0;

  text(): string {
    return this.#pieces.join('');
  }

  add(text: string, touches: boolean): void {
    if (!touches) this.#pieces.push(' ');
    this.#pieces.push(text);
    this.length += text.length + 1;
  }

  copy(tokens: Tokens, at: number, first: boolean): void {
    const touches =
      !first &&
      tokens.kinds[at] === tokenKind.punct &&
      tokens.kinds[at - 1] === tokenKind.punct &&
      tokens.ends[at - 1] === tokens.starts[at];
    this.add(textOf(tokens, at), touches);
  }
}

function write(writer: Writer, tokens: Tokens, range: TokenRange, bindings: Bindings): void {
  for (let at = range.from; at < range.to && writer.length <= maxText; ) {
    if (!isSign(tokens, at, '$')) {
      writer.copy(tokens, at, at === range.from);
      at++;
      continue;
    }
    const repeated = repetitionAt(tokens, at, range.to);
    if (repeated !== undefined) {
      repeat(writer, tokens, repeated, bindings);
      at = repeated.next;
      continue;
    }
    const name = nameOf(tokens, at + 1);
    if (name === 'crate') writer.add('crate', false);
    else if (isSign(tokens, at + 1, '{')) {
      writer.add(metavariable(tokens, inside(tokens, at + 1), bindings), false);
      at = after(tokens, at + 1);
      continue;
    } else {
      const bound = name === undefined ? undefined : bindings.get(name);
      if (bound?.kind === 'tokens')
        for (let inner = bound.range.from; inner < bound.range.to; inner++)
          writer.copy(bound.tokens, inner, inner === bound.range.from);
      else if (name === undefined) {
        writer.add('$', false);
        at++;
        continue;
      } else writer.add(`$${name}`, false);
    }
    at += 2;
  }
}

function repeat(
  writer: Writer,
  tokens: Tokens,
  { inner, separator }: { readonly inner: TokenRange; readonly separator: TokenRange },
  bindings: Bindings,
): void {
  const used = new Set<string>();
  for (let at = inner.from; at < inner.to; at++) {
    const name = isSign(tokens, at, '$') ? nameOf(tokens, at + 1) : undefined;
    if (name !== undefined) used.add(name);
  }
  const repeated = [...used].flatMap((name) => {
    const bound = bindings.get(name);
    return bound?.kind === 'repeated' ? [bound.times] : [];
  });
  const count = repeated.reduce((most, times) => Math.max(most, times.length), 0);
  const own = new Within(repeated, bindings);
  for (; own.time < count && writer.length <= maxText; own.time++) {
    if (own.time > 0)
      for (let at = separator.from; at < separator.to; at++) writer.copy(tokens, at, at === separator.from);
    write(writer, tokens, inner, own);
  }
}

/** What fragments stand for in one time of a repetition, and around it. */
class Within implements Bindings {
  readonly #repeated: readonly (readonly Bindings[])[];
  readonly #around: Bindings;
  time = 0;

  constructor(repeated: readonly (readonly Bindings[])[], around: Bindings) {
    this.#repeated = repeated;
    this.#around = around;
  }

  get(name: string): Bound | undefined {
    for (let i = this.#repeated.length - 1; i >= 0; i--) {
      const bound = this.#repeated[i]?.[this.time]?.get(name);
      if (bound !== undefined) return bound;
    }
    return this.#around.get(name);
  }
}

/** `${concat(a, $b)}`; `${count(…)}`, `${index()}` and the like are numbers. */
function metavariable(tokens: Tokens, { from, to }: TokenRange, bindings: Bindings): string {
  if (nameOf(tokens, from) !== 'concat') return '0';
  let text = '';
  for (let at = from + 2; at < to - 1; at++) {
    const name = nameOf(tokens, at);
    const bound = isSign(tokens, at - 1, '$') && name !== undefined ? bindings.get(name) : undefined;
    if (bound?.kind === 'tokens') text += textOf(bound.tokens, bound.range.from);
    else if (name !== undefined) text += name;
    else if (tokens.kinds[at] === tokenKind.string) text += textOf(tokens, at).slice(1, -1);
  }
  return text;
}
