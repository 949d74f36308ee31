import type { Table } from './shape.ts';

/** What a dependency is wanted for beside, or in place of, its library (`-Z bindeps`, unstable). */
export interface Artifact {
  /** `bin`, `bin:NAME`, `cdylib`, `staticlib`. */
  readonly kinds: readonly string[];
  /** Whether its library is wanted, too. */
  readonly lib: boolean;
  /** A triple or a JSON file; `target`: what a build script's package is built for; absent: what it would be built for anyway. */
  readonly target: string | undefined;
}

/** Reads `artifact`, `lib` and `target` of a dependency (cargo: src/cargo/core/dependency.rs, `Artifact::parse`). */
export function readArtifact(table: Table, kind: 'normal' | 'dev' | 'build'): Artifact | undefined {
  const written = table.get('artifact');
  const [lib, target] = [table.boolean('lib'), table.string('target')];
  if (written === undefined) {
    if (lib !== undefined) throw table.refused('lib', 'means nothing without `artifact`');
    if (target !== undefined) throw table.refused('target', 'means nothing without `artifact`');
    return undefined;
  }
  const kinds = typeof written === 'string' ? [written] : (table.strings('artifact') ?? []);
  const odd = kinds.find((each) => !/^(?:bin(?::.+)?|cdylib|staticlib)$/.test(each));
  if (odd !== undefined) throw table.refused('artifact', `cannot be \`${odd}\``);
  if (new Set(kinds).size < kinds.length) throw table.refused('artifact', 'names a kind twice');
  if (kinds.includes('bin') && kinds.some((each) => each.startsWith('bin:')))
    throw table.refused('artifact', 'names all programs and one of them');
  if (target === 'target' && kind !== 'build')
    throw table.refused('target', 'is `target`, which only a build-dependency can have');
  return { kinds, lib: lib ?? false, target };
}
