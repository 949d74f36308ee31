import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';

/**
 * What ends up in the artefact: reached from the roots by normal dependencies, without passing a macro. Dev-dependencies are
 * there only where tests were asked for, and are linked into those.
 */
export function linkedIn(resolution: Resolution): ReadonlySet<BuiltPackage> {
  const linked = new Set<BuiltPackage>();
  const waiting = [...resolution.roots];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const built = packageAt(resolution, index);
    if (linked.has(built)) continue;
    const isRoot = resolution.roots.includes(index);
    if (built.procMacro && !isRoot) continue;
    linked.add(built);
    for (const use of built.uses) if (use.kind !== 'build') waiting.push(use.package);
  }
  return linked;
}

/** A package of a resolution by its index. */
export function packageAt({ packages }: Resolution, index: number): BuiltPackage {
  const found = packages[index];
  if (found === undefined) throw new Error(`no package ${index}`);
  return found;
}
