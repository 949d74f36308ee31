import type { Surrounding } from '../../facts/surroundings.ts';
import { configChanges } from './cargo-config.ts';
import { commandChanges } from './ci.ts';
import { ciKind } from './ci-text.ts';
import { isConfigFile } from './config-files.ts';
import { isManifest } from './manifests.ts';
import { buildCodeChanges, isBuildSource } from './own-build-code.ts';
import { patchChanges } from './patches.ts';
import type { Side } from './side.ts';
import { isToolchainFile, toolchainChanges } from './toolchain.ts';

/**
 * What decides a build beside the graph, where it differs from the state before; all that is there where there is no
 * state before. Grouped by file, in a fixed order.
 */
export function surroundingChanges(
  before: Side | undefined,
  after: Side,
): ReadonlyMap<string, readonly Surrounding[]> {
  const items = [
    ...configChanges(before, after),
    ...patchChanges(before, after),
    ...toolchainChanges(before, after),
    ...buildCodeChanges(before, after),
    ...commandChanges(before, after),
  ];
  const ordered = items.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  return Map.groupBy(ordered, ({ file }) => file);
}

/** Whether a file must be read for that; what configuration files include comes on top. */
export function isSurrounding(path: string): boolean {
  return (
    isConfigFile(path) ||
    isManifest(path) ||
    isToolchainFile(path) ||
    isBuildSource(path) ||
    ciKind(path) !== undefined
  );
}
