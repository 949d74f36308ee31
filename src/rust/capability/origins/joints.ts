import { commaParts } from '../../attribute.ts';
import { stringIn } from '../../literal.ts';
import { after, inside, isSign, nameOf, type TokenRange, type Tokens } from '../../tokens.ts';
import type { References, Walks } from './references.ts';
import { isCutBy, stepsUp, together } from './syntax.ts';
import { allTheWay } from './trail.ts';
import type { Walk } from './walk.ts';
import { beside, cutting, cuttingBy, homes, joining, rising, temps } from './words.ts';

/** How the folder of the running program is called. */
const ofProgram = 'where its program lies';

/** What methods, macros and functions of libraries make of paths and texts: joined, cut, gone up from, put behind. */
export class Joints {
  readonly #walker: Walks;
  readonly #references: References;

  constructor(walker: Walks, references: References) {
    this.#walker = walker;
    this.#references = references;
  }

  /** What methods of paths and texts make of what they are called on; gives the token to go on with, if it read on. */
  method(tokens: Tokens, at: number, name: string, open: number, walk: Walk): number | undefined {
    const { found } = walk;
    const { trail } = found;
    const isPath = !isSign(tokens, at - 2, ']');
    // What is joined to a path and is not known goes up within itself.
    const isOuter =
      walk.begin.base === undefined || trail.base !== walk.begin.base || trail.depth > walk.begin.depth;
    if (rising.has(name)) trail.up(isOuter ? (rising.get(name) ?? 0) : 0);
    else if (name === 'ancestors') trail.up(isOuter ? stepsUp(tokens, open) : 0);
    else if (cutting.has(name)) this.cutBy(tokens, name, open, walk);
    else if (isPath && (joining.has(name) || beside.has(name))) {
      // What a thread gives is joined to nothing.
      if (after(tokens, open) === open + 2) {
        found.unknown = true;
        return open + 2;
      }
      if (beside.has(name)) trail.up(1);
      this.#joined(tokens, inside(tokens, open), walk);
      return after(tokens, open);
    }
    return undefined;
  }

  /** Functions and types of libraries that say where something is. */
  known(name: string, isCall: boolean, { found }: Walk): void {
    if (homes.has(name)) {
      found.home = true;
      found.trail.root('home');
    } else if (temps.has(name)) {
      found.temp = true;
      found.trail.root('temp');
    } else if (name === 'WalkDir') found.trail.down();
    else if (name === 'ParentDir') found.trail.up(1);
    else if (name === 'RootDir') {
      found.trail.absolute ??= '/';
      found.trail.root('/');
    }
    if (!isCall) return;
    if (name === 'current_dir') found.trail.root('');
    else if (name === 'current_exe') {
      found.trail.absolute ??= ofProgram;
      found.trail.root('current_exe');
    }
  }

  /** `[a, b].iter().collect()`, `[a, b].join("/")`: what follows the first is joined to it, or put behind. */
  list(tokens: Tokens, open: number, walk: Walk, isPath = false): number {
    const close = after(tokens, open);
    const method = isSign(tokens, close, '.') ? nameOf(tokens, close + 1) : undefined;
    if (!isPath && (method === undefined || !together.has(method))) return open + 1;
    const [first, ...others] = commaParts(tokens, inside(tokens, open));
    if (first !== undefined) this.#walker.walk(tokens, first, walk);
    for (const part of others)
      if (method === 'concat') this.#walker.walk(tokens, part, { ...walk, as: 'behind' });
      else this.#joined(tokens, part, walk);
    return close;
  }

  /** What is joined to a path is its last part from then on, and a path of its own where it begins with a root. */
  #joined(tokens: Tokens, range: TokenRange, walk: Walk): void {
    const { trail, leaves } = walk.found;
    walk.found.joined = true;
    const { depth, base, absolute } = trail;
    const bases = new Set(trail.bases);
    leaves.splice(walk.begin.leaves);
    const wasDecoded = walk.found.decoded;
    walk.found.decoded = false;
    this.#walker.walk(tokens, range, { ...walk, as: 'joined' });
    // A name that is decoded, or turned round, may begin with a root, or with dots.
    if (walk.found.decoded && trail.base === base) trail.up(allTheWay);
    walk.found.decoded ||= wasDecoded;
    if (leaves.length > walk.begin.leaves) walk.found.said = walk.begin.said;
    if (trail.base !== base) return;
    // What a name below it is made of is no place.
    for (const one of trail.bases) if (!bases.has(one)) trail.bases.delete(one);
    if (trail.absolute === ofProgram) trail.absolute = absolute;
    if (trail.depth === depth) trail.down();
  }

  /** `format!("{a}/x/{}", b)`, `concat!(a, "/x")`: what it begins with is the path, and the rest goes on with it. */
  formatted(tokens: Tokens, open: number, walk: Walk): number {
    const [first, ...others] = commaParts(tokens, inside(tokens, open));
    const { leaves } = walk.found;
    if (first === undefined) return after(tokens, open);
    const text = stringIn(tokens, first);
    const [led] = others;
    const begins = text?.startsWith('{') === true;
    if (begins && led !== undefined && /^\{(?:0)?(?::[^}]*)?\}/.test(text))
      this.#walker.walk(tokens, led, walk);
    // What is named there is read first, too.
    const named = begins ? /^\{([a-z_][a-z0-9_]*)(?::[^}]*)?\}/.exec(text ?? '')?.[1] : undefined;
    if (named !== undefined) this.#references.bound(tokens, first.from, named, walk);
    this.#walker.walk(tokens, first, begins ? { ...walk, as: 'behind' } : walk);
    const isNamed = text === undefined || !/(?:^|[\\/])\{[^{}]*\}$/.test(text);
    const [size, bases] = [leaves.length, new Set(walk.found.trail.bases)];
    const mark = walk.found.trail.mark();
    for (const part of others) {
      if (part === led && begins) continue;
      this.#walker.walk(tokens, part, { ...walk, as: 'behind' });
      if (text === undefined) continue;
      walk.found.trail.back(mark);
      for (const one of walk.found.trail.bases) if (!bases.has(one)) walk.found.trail.bases.delete(one);
    }
    if (isNamed && text !== undefined) leaves.splice(size);
    return after(tokens, open);
  }

  /** A folder of which all that is in it is given. */
  below(tokens: Tokens, open: number, walk: Walk): number {
    this.#walker.walk(tokens, inside(tokens, open), walk);
    walk.found.trail.down();
    return after(tokens, open);
  }

  /** What a method leaves of a path that cuts it, by its name or by what it is given. */
  cutBy(tokens: Tokens, name: string, open: number, walk: Walk): void {
    if (!cuttingBy.has(name) || isCutBy(tokens, name, open)) this.cut(walk);
  }

  /** A text that is cut may be any folder above, if it was a path. */
  cut({ found, begin }: Walk): void {
    const { trail } = found;
    found.altered = true;
    if (trail.base !== undefined && trail.base !== '' && trail.base !== begin.base) trail.up(allTheWay);
  }
}
