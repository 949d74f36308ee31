import { createHash } from 'node:crypto';
import { type Capability, familyOf } from './capability/capability.ts';
import type { ModuleTree, Unfollowed } from './module-tree.ts';
import { type TokenRange, type Tokens, textOf } from './tokens.ts';

/** SHA-256 (hex) of texts, one after the other, so that no two lists have the same. */
export function digestOf(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:${text};`);
  return hash.digest('hex');
}

/** Texts that are put together at a time: a whole file of them would take ten times its size. */
const chunk = 16_384;

/** SHA-256 (hex) of the tokens of some stretches: comments and layout do not count. */
export function tokenDigest(
  stretches: Iterable<{ readonly tokens: Tokens; readonly range: TokenRange }>,
): string {
  const hash = createHash('sha256');
  for (const { tokens, range } of stretches) {
    let texts: string[] = [];
    for (let at = range.from; at < range.to; at++) {
      // No token has this character but a string, and two tokens that are one without it are told apart by it.
      texts.push(textOf(tokens, at), '\u{1f}');
      if (texts.length < chunk) continue;
      hash.update(texts.join(''));
      texts = [];
    }
    hash.update(`${texts.join('')}\u{1e}`);
  }
  return hash.digest('hex');
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
