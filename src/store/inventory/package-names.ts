import { parsePurl } from '../../bom/purl.ts';
import { installedOf } from '../../distribution/installed.ts';
import type { ComponentRecord } from './records.ts';

/**
 * The names that a package is looked for by: those of a distribution by their own and by that of what they were built
 * from, which most advisories are keyed by; others by their own. Of crates none: they have a key.
 */
export function packageNamesOf({
  kind,
  identity,
  name,
}: Pick<ComponentRecord, 'kind' | 'identity' | 'name'>): readonly string[] {
  if (kind !== 'other') return [];
  const installed = installedOf(parsePurl(identity));
  return [...new Set(installed === undefined ? [name] : [installed.name, installed.source.name])];
}

/** Types of purls of packages of distributions. */
export const packageTypes = ['deb', 'rpm', 'apk'];
/** Those, and the types of C code that a crate brings along. */
export const libraryTypes = [...packageTypes, 'generic', 'conan'];

/** Whether a component is a library of a system, or C code. */
export function isLibrary({ kind, source }: Pick<ComponentRecord, 'kind' | 'source'>): boolean {
  return kind === 'other' && source !== null && libraryTypes.includes(source);
}
