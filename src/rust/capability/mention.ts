/** What stands around the mention of a path tells what is done with it. */
import { afterAngles } from '../angles.ts';
import { commaParts } from '../attribute.ts';
import { stringOf } from '../literal.ts';
import type { Mention } from '../paths.ts';
import { inside, isSign, isSigns, isWord, nameOf, openBefore, type Tokens, tokenKind } from '../tokens.ts';
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
  return isSign(tokens, openBefore(tokens, at) - 1, '!');
}

/** Whether a function's type stands near: data becomes code only then. */
export function isFunctionMade(tokens: Tokens, at: number): boolean {
  for (let near = Math.max(0, at - 24); near < Math.min(tokens.count, at + 48); near++)
    if (nameOf(tokens, near) === 'fn' && isSign(tokens, near + 1, '(')) return true;
  return false;
}

/** `transmute::<extern "C" fn(), usize>(f)`: the number that is made, whatever it is made of. */
export function numberMade(tokens: Tokens, next: number): string | undefined {
  if (!isSigns(tokens, next, '::') || !isSign(tokens, next + 2, '<')) return undefined;
  const end = afterAngles(tokens, next + 2, tokens.count);
  const last = nameOf(tokens, end - 2) ?? '';
  return isSign(tokens, end - 1, '>') && isSign(tokens, end - 3, ',') && numbers.has(last) ? last : undefined;
}

const numbers: ReadonlySet<string> = new Set(
  'u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool'.split(' '),
);

/** `in(reg) x`, `options(nostack)`: what a block of machine code is given. */
function isOperand(tokens: Tokens, at: number): boolean {
  return operands.has(nameOf(tokens, at) ?? '') && isSign(tokens, at + 1, '(');
}

const operands: ReadonlySet<string> = new Set(
  'in out lateout inout inlateout options clobber_abi'.split(' '),
);

/** `asm!("", in(reg) x)`, or with a comment alone: nothing is put there but what keeps a compiler from looking further. */
export function isEmptyAssembly(tokens: Tokens, open: number): boolean {
  const parts = commaParts(tokens, inside(tokens, open));
  const texts = parts.flatMap(({ from, to }) => (to === from + 1 ? (stringOf(tokens, from) ?? []) : []));
  const others = parts.filter(({ from, to }) => to !== from + 1 || stringOf(tokens, from) === undefined);
  if (!others.every(({ from }) => isOperand(tokens, isSign(tokens, from + 1, '=') ? from + 2 : from)))
    return false;
  // What is put into a text by these may be any text itself.
  for (let at = open; at < (tokens.partners[open] ?? open); at++)
    if (isWord(tokens, at, 'sym') || isWord(tokens, at, 'const')) return false;
  return texts.length > 0 && texts.every((text) => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').trim() === '');
}
