import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Mount } from '../sandbox/plan.ts';

/** Where things are for what runs in a build, so that no path of this machine is compiled in, and two machines have the same. */
export const inside = {
  source: '/build/source',
  cargoHome: '/build/cargo',
  target: '/build/target',
  home: '/build/home',
  toolchain: '/build/toolchain',
  temporary: '/tmp',
} as const;

/** The source of a build, and where it is inside. */
export interface SourceLayout {
  readonly mounts: readonly Mount[];
  /** The path inside of one that is in the source. */
  readonly at: (path: string) => string;
}

/**
 * Lays out a project, and packages beside it that paths of its manifests lead to: those alone, and as far from each other as they
 * are outside, so that `../other` leads there too.
 */
export function layOutSource(root: string, beside: readonly string[]): SourceLayout {
  const above = [root, ...beside].reduce(sharedFolder);
  const at = (path: string) => join(inside.source, relative(above, path));
  return {
    mounts: [
      ...[root, ...beside].map((from): Mount => ({ kind: 'read', from, at: at(from) })),
      // A manifest may name them by their whole path.
      ...beside.map((from): Mount => ({ kind: 'read', from, at: from })),
    ],
    at,
  };
}

/** Whether a path is a folder, or below it. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function sharedFolder(a: string, b: string): string {
  return isBelow(b, a) ? a : sharedFolder(dirname(a), b);
}
