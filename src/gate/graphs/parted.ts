import type { LockedPackage, Lockfile } from '../../cargo/lockfile.ts';
import { sourceKey } from '../../cargo/source-id.ts';
import type { PartedSource } from '../../facts/locked.ts';

/**
 * Git sources whose packages stand at several commits. Cargo has one checkout of a source and takes the commit of the package
 * that stands last in the file (cargo 1.95: src/resolver/encode.rs and src/sources/git/source.rs; tried).
 */
export function partedSources({ packages }: Lockfile): readonly PartedSource[] {
  const git = packages.filter(({ source }) => source?.kind === 'git');
  const bySource = Map.groupBy(git, ({ source }) => (source === undefined ? '' : sourceKey(source)));
  return [...bySource.values()].flatMap((all) => {
    const last = commitOf(all.at(-1));
    const other = all.find((pkg) => commitOf(pkg) !== last);
    if (other === undefined || last === undefined) return [];
    return [
      {
        packages: all.map(label),
        commit: last,
        first: label(other),
        line: other.line,
        column: other.column,
      },
    ];
  });
}

function commitOf(pkg: LockedPackage | undefined): string | undefined {
  return pkg?.source?.kind === 'git' ? pkg.source.reference.commit : undefined;
}

function label({ name, version }: LockedPackage): string {
  return `${name} ${version}`;
}
