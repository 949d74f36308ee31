import { folderOf } from '../source-path.ts';
import type { Power } from './power.ts';
import { isSetAside } from './set-aside.ts';

/** What cargo is told to have code of a package run: what it builds may run by its build script. */
const building = /^(?:r(?:un)?|b(?:uild)?|c(?:heck)?|t(?:est)?|bench|install|rustc|d(?:oc)?)$/;

/**
 * Files, sorted, that code which runs at build time has built and run by itself: Rust that it names where it runs rustc
 * and what that made, and packages within the package where it runs cargo. They are no part of the package, so that
 * nobody reads them.
 */
export function builtRust(
  paths: readonly string[],
  named: ReadonlySet<string>,
  texts: readonly string[],
  { runsBuilt, runsCargo }: Pick<Power, 'runsBuilt' | 'runsCargo'>,
): readonly string[] {
  const built = new Set(runsBuilt ? [...named].filter((path) => path.endsWith('.rs')) : []);
  if (runsCargo && texts.some((text) => building.test(text)))
    for (const path of paths) {
      const folder = folderOf(path);
      if (path !== `${folder}/Cargo.toml` || isSetAside(path)) continue;
      for (const other of paths) if (other.startsWith(`${folder}/`)) built.add(other);
    }
  return [...built].sort();
}
