/** Types as code names them, as far as a name says which methods a value has. */
import { afterAngles } from '../../angles.ts';
import { after, isSign, isSigns, isWord, nameOf, type TokenRange, type Tokens } from '../../tokens.ts';

/** Types that stand for what is in them, where a method is called. */
const transparent: ReadonlySet<string> = new Set('Box Rc Arc LazyLock Lazy LazyCell'.split(' '));
const maxDepth = 4;

/** The name of a type: `Path` of `&'a mut std::path::Path`; `undefined` of one that stands for several, or has no name. */
export function typeIn(tokens: Tokens, { from, to }: TokenRange, depth = 0): string | undefined {
  let at = from;
  while (at < to && (isSign(tokens, at, '&') || isWord(tokens, at, 'mut') || isLifetime(tokens, at))) at++;
  if (isWord(tokens, at, 'impl') || isWord(tokens, at, 'dyn') || depth > maxDepth) return undefined;
  while (isSigns(tokens, at + 1, '::') && nameOf(tokens, at + 3) !== undefined) at += 3;
  const name = at < to ? nameOf(tokens, at) : undefined;
  if (name === undefined || !isNamed(name)) return undefined;
  if (!isSign(tokens, at + 1, '<')) return name;
  const end = afterAngles(tokens, at + 1, to);
  return transparent.has(name) ? typeIn(tokens, { from: at + 2, to: end - 1 }, depth + 1) : name;
}

/** The name that a path has before its last one: `Type` of `Type::name`. */
export function qualifierOf(tokens: Tokens, at: number): string | undefined {
  return isSigns(tokens, at - 2, '::') ? nameOf(tokens, at - 3) : undefined;
}

/** The type that the name of a `type NAME<…> = …;` stands for. */
export function aliased(tokens: Tokens, at: number): string | undefined {
  if (!isWord(tokens, at - 1, 'type')) return undefined;
  const sign = isSign(tokens, at + 1, '<') ? afterAngles(tokens, at + 1, tokens.count) : at + 1;
  if (!isSign(tokens, sign, '=')) return undefined;
  let end = sign + 1;
  while (end < tokens.count && !isSign(tokens, end, ';')) end = after(tokens, end);
  return typeIn(tokens, { from: sign + 1, to: end });
}

/** The type that a value surely is of: `Type::new(…)`, `Type { … }`. */
export function typeMade(tokens: Tokens, { from, to }: TokenRange): string | undefined {
  let at = from;
  while (isSign(tokens, at, '&') || isWord(tokens, at, 'mut')) at++;
  let before: number | undefined;
  while (isSigns(tokens, at + 1, '::') && nameOf(tokens, at + 3) !== undefined) {
    before = at;
    at += 3;
  }
  const name = nameOf(tokens, at) ?? '';
  if (isSign(tokens, at + 1, '{') && isNamed(name)) return after(tokens, at + 1) === to ? name : undefined;
  const type = before === undefined ? undefined : nameOf(tokens, before);
  const isMade = /^(?:new|from|default)$/.test(name) && isSign(tokens, at + 1, '(');
  return isMade && type !== undefined && isNamed(type) && after(tokens, at + 1) === to ? type : undefined;
}

/** Methods that paths and texts have themselves: they come before those of any trait. */
const inherent: ReadonlySet<string> = new Set(
  'as_path join push pop parent ancestors to_path_buf into_boxed_path with_extension with_file_name set_extension file_name file_stem extension exists is_file is_dir canonicalize read_dir read_link display to_str to_string_lossy as_os_str into_os_string strip_prefix starts_with ends_with components'.split(
    ' ',
  ),
);
const paths: ReadonlySet<string> = new Set(['Path', 'PathBuf']);

export function isInherent(type: string | undefined, method: string): boolean {
  return type !== undefined && paths.has(type) && inherent.has(method);
}

function isNamed(name: string): boolean {
  return /^\p{Lu}/u.test(name) || name === 'str';
}

function isLifetime(tokens: Tokens, at: number): boolean {
  return tokens.source.charAt(tokens.starts[at] ?? 0) === "'";
}
