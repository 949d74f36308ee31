import { join } from 'node:path';
import type { ProjectFiles } from './project-files.ts';

/**
 * The folders that a pattern of `members` means, below `folder`, sorted as cargo finds them: `*`, `?`, `[ab]`, `**`.
 * A text that is no pattern is the folder itself, whether it is there or not (cargo: src/workspace/workspace.rs,
 * `members_paths`); so is a pattern that matches nothing.
 */
export function expandMembers(files: ProjectFiles, folder: string, pattern: string): readonly string[] {
  if (!/[*?[]/.test(pattern)) return [join(folder, pattern)];
  const found = walk(
    files,
    folder,
    pattern.split('/').filter((part) => part !== '' && part !== '.'),
  );
  return found.length === 0 ? [join(folder, pattern)] : [...new Set(found)];
}

function walk(files: ProjectFiles, folder: string, parts: readonly string[]): readonly string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [folder];
  if (part === '..') return walk(files, join(folder, '..'), rest);
  const folders = files
    .list(folder)
    .filter((entry) => entry.folder)
    .map(({ name }) => name)
    .sort();
  if (part === '**') {
    return [
      ...walk(files, folder, rest),
      ...folders.flatMap((name) => walk(files, join(folder, name), parts)),
    ];
  }
  const matching = folders.filter((name) => component(part).test(name));
  return matching.flatMap((name) => walk(files, join(folder, name), rest));
}

function component(part: string): RegExp {
  const source = part
    .replace(/[\\^$+.()|{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return /(?!)/;
  }
}
