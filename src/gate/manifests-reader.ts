import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ManifestText, neighboursOf } from './member-requirements.ts';

/** No project has more packages, and no manifest is larger. */
const maxManifests = 2000;
const maxBytes = 1024 * 1024;

/**
 * The manifests of a project, from the one at its root outwards: members of the workspace and packages by path. What is not
 * there or does not read is passed over: then what it requires is not known.
 */
export function readManifests(root: string): readonly ManifestText[] {
  const found = new Map<string, ManifestText>();
  const waiting = [root];
  for (const path of waiting) {
    if (found.has(path) || found.size >= maxManifests) continue;
    const text = readSmall(path);
    if (text === undefined) continue;
    const manifest = { file: path, text };
    found.set(path, manifest);
    const folder = dirname(path);
    for (const pattern of neighboursOf(manifest)) {
      const isPattern = /[*?[]/.test(pattern);
      const folders = isPattern ? globSync(pattern, { cwd: folder }) : [pattern];
      waiting.push(...folders.map((each) => join(folder, each, 'Cargo.toml')));
    }
  }
  return [...found.values()];
}

function readSmall(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= maxBytes ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
