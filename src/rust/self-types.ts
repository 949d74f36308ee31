import { afterAngles } from './angles.ts';
import { after, isSign, isSigns, isWord, type Tokens, tokenKind } from './tokens.ts';
import { readPath } from './written-path.ts';

/** The braces of an `impl`, and the path that `Self` is there. */
interface Impl {
  readonly until: number;
  readonly type: readonly string[];
}

/** What `Self` is, in the order of a stretch of tokens. */
export class SelfTypes {
  readonly #tokens: Tokens;
  readonly #impls: Impl[] = [];

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** Forgets what was before a new stretch. */
  begin(): void {
    this.#impls.length = 0;
  }

  /** Takes note of the `impl` that stands there, before `to`. */
  add(from: number, to: number): void {
    const tokens = this.#tokens;
    let type = from + 1;
    if (isSign(tokens, type, '<')) type = afterAngles(tokens, type, to);
    for (let at = type; at < to; at = after(tokens, at)) {
      if (isWord(tokens, at, 'for') && !isSign(tokens, at + 1, '<')) type = at + 1;
      if (isSign(tokens, at, ';') || tokens.kinds[at] === tokenKind.close) return;
      if (!isSign(tokens, at, '{')) continue;
      while (isSign(tokens, type, '(')) type++;
      this.#impls.push({
        until: tokens.partners[at] ?? at,
        type: readPath(tokens, isSigns(tokens, type, '::') ? type + 2 : type, to).names,
      });
      return;
    }
  }

  /** The path of the type of the innermost `impl` there; `undefined` where there is none, or nobody can tell. */
  at(at: number): readonly string[] | undefined {
    const impl = this.#impls.findLast(({ until }) => at < until);
    return impl === undefined || impl.type.length === 0 ? undefined : impl.type;
  }
}
