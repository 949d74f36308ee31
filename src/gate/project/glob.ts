import { join } from 'node:path';
import { GateError } from '../error.ts';
import type { ProjectFiles } from './files.ts';

/** Far more folders than any project's patterns have to be compared with. */
const maxSteps = 1_000_000;

/**
 * The folders that a pattern of `members` means, below `folder`, sorted as cargo finds them: `*`, `?`, `[ab]`, `**`.
 * A text that is no pattern is the folder itself, whether it is there or not (cargo: src/workspace/workspace.rs,
 * `members_paths`); so is a pattern that matches nothing. Throws `GateError` for one that would have no end.
 */
export function expandMembers(files: ProjectFiles, folder: string, pattern: string): readonly string[] {
  if (!/[*?[]/.test(pattern)) return [join(folder, pattern)];
  const parts = pattern
    .split('/')
    .filter((part, i, all) => part !== '' && part !== '.' && !(part === '**' && all[i - 1] === '**'));
  let steps = 0;
  const walk = (at: string, depth: number): readonly string[] => {
    const part = parts[depth];
    if (part === undefined) return [at];
    if (part === '..') return walk(join(at, '..'), depth + 1);
    const folders = files
      .list(at)
      .filter((entry) => entry.folder)
      .map(({ name }) => name)
      .sort();
    steps += folders.length;
    if (steps > maxSteps) {
      throw new GateError('gate/workspace', `the pattern \`${pattern}\` takes too long to expand.`, {
        next: 'Name the folders of the members.',
      });
    }
    if (part === '**') {
      return [...walk(at, depth + 1), ...folders.flatMap((name) => walk(join(at, name), depth))];
    }
    return folders
      .filter((name) => globMatches(part, name))
      .flatMap((name) => walk(join(at, name), depth + 1));
  };
  const found = walk(folder, 0);
  return found.length === 0 ? [join(folder, pattern)] : [...new Set(found)];
}

/**
 * Whether a name fits a glob of `*`, `?`, `[ab]`, `[a-z]` and `[!a]` (crate `glob`, which cargo uses). Goes back to the last
 * `*` only, so that its time is at most the product of the lengths.
 */
export function globMatches(glob: string, name: string): boolean {
  const tokens = tokensOf(glob);
  if (tokens === undefined) return false;
  let [at, next] = [0, 0];
  let star: { readonly token: number; at: number } | undefined;
  while (at < name.length) {
    const token = tokens[next];
    if (token === '*') star = { token: next++, at };
    else if (token !== undefined && fits(token, name.charAt(at))) {
      at++;
      next++;
    } else if (star !== undefined) {
      next = star.token + 1;
      at = ++star.at;
    } else return false;
  }
  while (tokens[next] === '*') next++;
  return next === tokens.length;
}

type Token = '*' | '?' | { readonly chars: string } | { readonly set: string; readonly isNot: boolean };

/** `undefined` for a set that does not end: no glob. */
function tokensOf(glob: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let i = 0; i < glob.length; i++) {
    const char = glob.charAt(i);
    if (char === '*' || char === '?') tokens.push(char);
    else if (char === '[') {
      const isNot = glob.charAt(i + 1) === '!';
      const from = isNot ? i + 2 : i + 1;
      const end = glob.indexOf(']', from + 1);
      if (end === -1) return undefined;
      tokens.push({ set: glob.slice(from, end), isNot });
      i = end;
    } else tokens.push({ chars: char });
  }
  return tokens;
}

function fits(token: Token, char: string): boolean {
  if (token === '*' || token === '?') return true;
  if ('chars' in token) return token.chars === char;
  const { set, isNot } = token;
  for (let i = 0; i < set.length; i++) {
    const isRange = set.charAt(i + 1) === '-' && i + 2 < set.length;
    const [low, high] = [set.charAt(i), set.charAt(isRange ? i + 2 : i)];
    if (low <= char && char <= high) return !isNot;
    if (isRange) i += 2;
  }
  return isNot;
}
