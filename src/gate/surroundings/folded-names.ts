import { foldedPath } from '../../cargo/archive-path.ts';
import type { UnreadableFile } from '../../facts/surroundings.ts';
import { differenceOf, filesNamed, type Side, textOf } from './side.ts';

/** Files that cargo and rustup look for, as a file system spells them that tells small and capital letters apart. */
const meant = /(?:^|\/)(?:\.cargo\/config(?:\.toml)?|rust-toolchain(?:\.toml)?|Cargo\.toml|Cargo\.lock)$/;
const folded = new RegExp(meant.source, 'i');

/**
 * What a path is to a file system that folds names (macOS, Windows), where cargo or rustup reads that there and not
 * here: `.cargo/config.toml` of `.Cargo/Config.toml`.
 */
export function foldedName(path: string): string | undefined {
  // Most paths have none of these names.
  if (!/(?:config|toolchain|cargo)/i.test(path) || meant.test(path)) return undefined;
  const [name] = folded.exec(foldedPath(path)) ?? [];
  return name?.replace(/^\//, '');
}

/**
 * Such files that are new, or another than before: what they say counts on machines of some who build, and is looked at
 * by nobody else.
 */
export function foldedNames(before: Side | undefined, after: Side): readonly UnreadableFile[] {
  return filesNamed(after, (path) => foldedName(path) !== undefined).flatMap((file): UnreadableFile[] => {
    const difference = differenceOf(before !== undefined, textOf(before, file), textOf(after, file) ?? '');
    if (difference === undefined) return [];
    const reason = `to macOS and Windows it is ${foldedName(file)}, and to others another file`;
    return [{ kind: 'unreadable', file, line: 1, column: 1, difference, reason }];
  });
}
