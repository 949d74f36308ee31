import { createHash } from 'node:crypto';
import { type Capability, familyOf } from './capability/capability.ts';
import type { ModuleTree, Unfollowed } from './module.ts';
import { type TokenRange, type Tokens, tokenKind } from './tokens.ts';

/** SHA-256 (hex) of texts, one after the other, so that no two lists have the same. */
export function digestOf(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text};`);
  return hash.digest('hex');
}

/** Bytes that are put together at a time: a whole file of them would take several times its size. */
const chunk = 64 * 1024;
/** No token has the first but a string, and two tokens that are one without it are told apart by it; the other ends a stretch. */
const [afterToken, afterStretch] = [0x1f, 0x1e];

/** SHA-256 (hex) of the tokens of some stretches: comments and layout do not count, but for documentation that a macro is given. */
export function tokenDigest(
  stretches: Iterable<{ readonly tokens: Tokens; readonly range: TokenRange }>,
): string {
  const writer = new ByteWriter();
  for (const { tokens, range } of stretches) {
    const { kinds, starts, ends, partners, source } = tokens;
    let macroUntil = 0;
    for (let at = range.from; at < range.to; at++) {
      if (at < macroUntil && at > range.from && (starts[at] ?? 0) > (ends[at - 1] ?? 0) + 3) {
        const between = source.slice(ends[at - 1], starts[at]);
        // To a macro documentation is an attribute with a text, like any other that it is given.
        if (between.includes('/') && documentation.test(between)) {
          writer.text(between, 0, between.length);
          writer.byte(afterToken);
        }
      } else if (kinds[at] === tokenKind.open && isOfMacro(tokens, at)) macroUntil = (partners[at] ?? 0) + 1;
      writer.text(tokens.source, tokens.starts[at] ?? 0, tokens.ends[at] ?? 0);
      writer.byte(afterToken);
    }
    writer.byte(afterStretch);
  }
  return writer.digest();
}

const exclamation = 33;

/** Whether what opens there is what a macro is given: `name! { … }`, `name! other { … }`. */
function isOfMacro({ signs }: Tokens, at: number): boolean {
  return signs[at - 1] === exclamation || signs[at - 2] === exclamation;
}

/** `/// …`, `//! …`, and in blocks (The Rust Reference, "Doc comments"). */
const documentation = /(?:^|\n)\s*\/\/(?:!|\/(?!\/))|\/\*(?:!|\*(?![*/]))/;

/** Hashes texts as UTF-8; most are short, and of ASCII. */
class ByteWriter {
  readonly #hash = createHash('sha256');
  readonly #bytes = Buffer.alloc(chunk);
  #count = 0;

  byte(value: number): void {
    if (this.#count === chunk) this.#flush();
    this.#bytes[this.#count++] = value;
  }

  text(source: string, from: number, to: number): void {
    if (to - from > chunk - this.#count) this.#flush();
    if (to - from <= chunk) {
      const bytes = this.#bytes;
      let count = this.#count;
      let at = from;
      for (let code = 0; at < to; at++) {
        code = source.charCodeAt(at);
        if (code >= 0x80) break;
        bytes[count++] = code;
      }
      if (at === to) {
        this.#count = count;
        return;
      }
    }
    this.#flush();
    this.#hash.update(source.slice(from, to));
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    if (this.#count > 0) this.#hash.update(this.#bytes.subarray(0, this.#count));
    this.#count = 0;
  }
}

/** Every file of a crate's modules once, whole. */
export function* wholeFiles(
  tree: ModuleTree,
): Generator<{ readonly tokens: Tokens; readonly range: TokenRange }> {
  const seen = new Set<Tokens>();
  for (const { tokens, made } of tree.modules) {
    if (made === true || seen.has(tokens)) continue;
    seen.add(tokens);
    yield { tokens, range: { from: 0, to: tokens.count } };
  }
}

/** What gives no power: being told what is built, naming a cfg for one's own code, an address in a text. */
const powerless = /^(?:reads-cargo-variable|probes-target|metadata|url) |^compiler-directive rustc-cfg=/;

/** What code can do, without where it stands: sorted, one of a kind. What gives no power is no difference. */
export function shapesOf(
  capabilities: readonly Capability[],
  opaque: readonly Unfollowed[],
  helpers: readonly string[],
): readonly string[] {
  const shapes = [
    ...capabilities.map(shapeOf).filter((shape) => !powerless.test(shape)),
    ...opaque.map(({ reason }) => `opaque: ${reason}`),
    ...helpers.map((name) => `calls ${name}`),
  ];
  return [...new Set(shapes)].sort();
}

/**
 * A capability without its place. Libraries to link often have a version in their names, which is no difference; what a
 * text alone suggests is told apart.
 */
export function shapeOf({
  kind,
  name = '?',
  emitted,
  confidence,
}: Omit<Capability, 'file' | 'line' | 'code'>): string {
  const said = familyOf(kind) === 'links' ? name.replaceAll(/\d+(?:[._]\d+)+/g, 'N') : name;
  return `${kind} ${said}${emitted === true ? ' (emitted)' : ''}${confidence === 'possible' ? perhaps : ''}`;
}

/** How a shape ends that only a text suggests. */
export const perhaps = ' (perhaps)';
