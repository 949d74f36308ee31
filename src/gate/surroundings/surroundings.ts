import type { Surrounding, UnreadableFile } from '../../facts/surroundings.ts';
import { builtTargets } from './built-targets.ts';
import { configChanges } from './cargo-config.ts';
import { commandChanges } from './ci.ts';
import { ciSettingChanges } from './ci-config.ts';
import { ciKind } from './ci-text.ts';
import { isConfigFile } from './config-files.ts';
import { foldedName, foldedNames } from './folded-names.ts';
import { lockfilePointerChanges } from './lockfiles.ts';
import { manifestSettingChanges } from './manifest-settings.ts';
import { isManifest } from './manifests.ts';
import { buildCodeChanges } from './own-build-code.ts';
import { patchChanges } from './patches.ts';
import { filesNamed, type Side, textOf, whyNoText } from './side.ts';
import { isToolchainFile, toolchainChanges } from './toolchain.ts';

/**
 * What decides a build beside the graph, where it differs from the state before; all that is there where there is no
 * state before, and in any case the targets. Grouped by file, in a fixed order.
 */
export function surroundingChanges(
  before: Side | undefined,
  after: Side,
): ReadonlyMap<string, readonly Surrounding[]> {
  const items = [
    ...configChanges(before, after),
    ...manifestSettingChanges(before, after),
    ...patchChanges(before, after),
    ...toolchainChanges(before, after),
    ...buildCodeChanges(before, after),
    ...commandChanges(before, after),
    ...builtTargets(before, after),
    ...ciSettingChanges(before, after),
    ...lockfilePointerChanges(before, after),
    ...textless(before, after),
    ...foldedNames(before, after),
  ];
  const ordered = items.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  return Map.groupBy(ordered, ({ file }) => file);
}

/** Whether a file must be read for that; what configuration includes and the sources of build code come on top. */
export function isSurrounding(path: string): boolean {
  return isMeant(path) || foldedName(path) !== undefined;
}

function isMeant(path: string): boolean {
  return isConfigFile(path) || isManifest(path) || isToolchainFile(path) || ciKind(path) !== undefined;
}

/** Files beside the configuration, which tells of its own, that are there and have no text. */
function textless(before: Side | undefined, after: Side): readonly UnreadableFile[] {
  const isOther = (path: string) => isMeant(path) && !isConfigFile(path);
  return filesNamed(after, isOther).flatMap((file): UnreadableFile[] => {
    if (textOf(after, file) !== undefined) return [];
    if (before?.paths.has(file) === true && textOf(before, file) === undefined) return [];
    const difference = before === undefined ? 'present' : 'added';
    return [{ kind: 'unreadable', file, line: 1, column: 1, difference, reason: whyNoText(after, file) }];
  });
}
