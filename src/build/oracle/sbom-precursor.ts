import { z } from 'zod';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import { linkedIn } from '../sbom/linked.ts';
import { listVersion, readCargoList } from './cargo-list.ts';
import { disagreements, packageById, resolvedPackages, type SeenPackage } from './seen.ts';

/** What is read of the file that cargo's `-Zsbom` writes beside an artefact (cargo: src/compiler/output_sbom.rs). */
const precursorSchema = z.object({
  version: z.literal(listVersion),
  root: z.number(),
  crates: z.array(
    z.object({
      id: z.string(),
      features: z.array(z.string()),
      kind: z.array(z.string()),
      dependencies: z.array(z.object({ index: z.number(), kind: z.enum(['normal', 'build']) })),
    }),
  ),
});

/** The crates of one artefact, by cargo. */
export type Precursor = z.output<typeof precursorSchema>;

/** Throws `BuildError('build/unread')`. */
export function readPrecursor(text: string): Precursor {
  return readCargoList('cargo’s SBOM file', precursorSchema, text);
}

/**
 * Where cargo's list for one artefact and its part of the resolution differ, as sentences: in what was compiled for it,
 * and in what is linked into it. `name` is the artefact's.
 */
export function differencesFromPrecursor(
  resolution: Resolution,
  { root, crates }: Precursor,
  name: string,
): readonly string[] {
  const linked = new Set([root]);
  for (const index of linked)
    for (const use of crates[index]?.dependencies ?? []) if (use.kind === 'normal') linked.add(use.index);
  const seen = (isSeen: (index: number) => boolean): readonly SeenPackage[] =>
    crates.flatMap(({ id, kind, features }, index) =>
      kind.includes('custom-build') || !isSeen(index) ? [] : (packageById(id, undefined, features) ?? []),
    );
  const witness = `cargo’s SBOM file of ${name}`;
  const all = disagreements(
    witness,
    seen(() => true),
    resolvedPackages(resolution.packages, false),
  );
  // Whatever is not there at all is told once.
  if (all.length > 0) return all;
  return disagreements(
    `${witness}, of what is linked,`,
    seen((index) => linked.has(index)),
    resolvedPackages([...linkedIn(resolution)], false),
  );
}
