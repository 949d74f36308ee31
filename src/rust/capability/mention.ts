/** What stands around the mention of a path tells what is done with it. */
import type { Mention } from '../paths.ts';
import { isSign, isSigns, nameOf, type Tokens, tokenKind } from '../tokens.ts';
import { argumentsAt } from './call.ts';
import type { CapabilityKind } from './capability.ts';

/** Whether it is called, as a function or as a macro; `open` is the parenthesis of its arguments. */
export function isCalled({ next, module }: Mention, open: number | undefined): boolean {
  return open !== undefined || isSign(module.tokens, next, '!');
}

/** Whether a mention of a tool does something: its types and constants do not. */
export function isAsked({ path, next, module: { tokens } }: Mention, kind: CapabilityKind): boolean {
  if (path.at(-1) === '*') return false;
  if (
    kind === 'probes-compiler' &&
    (path.some((name) => answers.has(name)) || /^(?:emit|rerun)/.test(path.at(-1) ?? ''))
  )
    return false;
  if (kind === 'bindings' && path[1] !== undefined && !/^(?:builder|Builder|generate)/.test(path[1]))
    return false;
  return argumentsAt(tokens, next) !== undefined || !/^\p{Lu}/u.test(path.at(-1) ?? '');
}

const answers: ReadonlySet<string> = new Set(
  'Version VersionReq VersionMeta Channel Prerelease BuildMetadata LlvmVersion Error Result'.split(' '),
);

/** `base64::decode(…)`, `STANDARD.decode(…)`; crates that hide texts have no other use. */
export function isDecoding({ path, next, module: { tokens } }: Mention): boolean {
  if (hidden.has(path[0] ?? '')) return true;
  const method = isSign(tokens, next, '.') ? (nameOf(tokens, next + 1) ?? '') : '';
  return /decode|from_hex/i.test(path.at(-1) ?? '') || /decode/.test(method);
}

const hidden: ReadonlySet<string> = new Set(['obfstr', 'litcrypt', 'cryptify']);

/** A module of the standard library, by its name alone. */
export function isModule({ path, next, module }: Mention): boolean {
  return path.length === 2 && path[0] === 'std' && !isSign(module.tokens, next, '!');
}

/** Whether what a macro writes goes on from a path by a name that it works out: `std::process::#name`. */
export function isGoneOnFrom({ next, module: { tokens }, quoted }: Mention): boolean {
  return quoted && isSigns(tokens, next, '::') && isSign(tokens, next + 2, '#');
}

/** A module's name by itself: only a macro that it is given to can make something of it. */
export function isHandedOn(tokens: Tokens, at: number): boolean {
  const [before, behind] = [tokens.kinds[at - 1], tokens.kinds[at + 1]];
  const alone =
    (before === tokenKind.open || isSign(tokens, at - 1, ',')) &&
    (behind === tokenKind.close || isSign(tokens, at + 1, ','));
  if (!alone) return false;
  let open = at - 1;
  while (open > 0 && tokens.kinds[open] !== tokenKind.open)
    open = (tokens.kinds[open] === tokenKind.close ? (tokens.partners[open] ?? open) : open) - 1;
  return isSign(tokens, open - 1, '!');
}

/** Whether a function's type stands near: data becomes code only then. */
export function isFunctionMade(tokens: Tokens, at: number): boolean {
  for (let near = Math.max(0, at - 24); near < Math.min(tokens.count, at + 48); near++)
    if (nameOf(tokens, near) === 'fn' && isSign(tokens, near + 1, '(')) return true;
  return false;
}
