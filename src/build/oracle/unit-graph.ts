import { z } from 'zod';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import { withRoots } from '../sbom/reached.ts';
import { listVersion, readCargoList } from './cargo-list.ts';
import { disagreements, packageById, resolvedPackages, type SeenPackage } from './seen.ts';

/** What is read of `cargo build --unit-graph` (cargo: src/compiler/unit_graph.rs). */
const unitGraphSchema = z.object({
  version: z.literal(listVersion),
  units: z.array(
    z.object({
      pkg_id: z.string(),
      target: z.object({ kind: z.array(z.string()) }),
      platform: z.string().nullable(),
      mode: z.string(),
      features: z.array(z.string()),
      dependencies: z.array(z.object({ index: z.number() })),
    }),
  ),
});

/** A unit graph. */
export type UnitGraph = z.output<typeof unitGraphSchema>;

/** Throws `BuildError('build/unread')`. */
export function readUnitGraph(text: string): UnitGraph {
  return readCargoList('cargo’s unit graph', unitGraphSchema, text);
}

/**
 * The part of a resolution that is built where only some targets of the packages are asked for (`--bin a`, `--lib`):
 * without packages of which the graph has none.
 */
export function withTargetsOf(resolution: Resolution, { units }: UnitGraph): Resolution {
  const keyOf = ({ name, version, source }: SeenPackage) => JSON.stringify([name, version, source]);
  const built = new Set(
    units.flatMap(({ pkg_id, features }) => {
      const seen = packageById(pkg_id, undefined, features);
      return seen === undefined ? [] : [keyOf(seen)];
    }),
  );
  return withRoots(resolution, (root) =>
    resolvedPackages([root], false).some((one) => built.has(keyOf(one))),
  );
}

/**
 * Where cargo's unit graph and the resolution differ, as sentences: in the packages and their features, and in whose build scripts
 * run. `target` is the triple that was asked for; `undefined` where none was, so that cargo tells no sides apart.
 */
export function differencesFromGraph(
  { packages }: Pick<Resolution, 'packages'>,
  { units }: UnitGraph,
  target: string | undefined,
): readonly string[] {
  const sides = target !== undefined;
  const compiled: SeenPackage[] = [];
  const scripts: SeenPackage[] = [];
  for (const { pkg_id, target: made, platform, mode, features, dependencies } of units) {
    const side = platform === null ? 'host' : platform === target ? 'target' : platform;
    const seen = packageById(pkg_id, sides ? side : undefined, features);
    if (seen === undefined) continue;
    if (mode === 'run-custom-build') {
      // With its answers in cargo's configuration, nothing is left of a script but the step that hands them on.
      const isRun = dependencies.some(({ index }) => {
        const unit = units[index];
        return unit?.mode === 'build' && unit.target.kind.includes('custom-build');
      });
      if (isRun) scripts.push(seen);
    } else if (!made.kind.includes('custom-build')) compiled.push(seen);
  }
  const withScript = packages.filter(({ buildScript }) => buildScript);
  return [
    ...disagreements('cargo’s unit graph', compiled, resolvedPackages(packages, sides)),
    ...disagreements('cargo’s unit graph, of build scripts,', scripts, resolvedPackages(withScript, sides)),
  ];
}
