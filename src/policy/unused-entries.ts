import { isCratesIo, type SourceId } from '../cargo/source-id.ts';
import { placeOf, type TomlPath } from '../cargo/toml-remove.ts';
import { locateKey } from '../cargo/toml-span.ts';
import { type CrateSpec, isAbout, sameCrate } from './crate-spec.ts';
import type { LicenseSettings } from './license-settings.ts';
import { loadPolicy } from './policy.ts';
import type { BannedSettings } from './rules/banned.ts';
import type { DuplicateSettings } from './rules/duplicate-versions.ts';
import type { SourceSettings } from './rules/source.ts';
import type { TyposquatSettings } from './rules/typosquat.ts';
import { sourceMatches } from './source-match.ts';
import type { TomlSource } from './toml.ts';
import { concerns } from './waiver.ts';

/** A package of a lockfile, as far as entries of a policy are about it. */
export interface LockedName {
  readonly name: string;
  readonly version: string;
  /** Absent for the project's own. */
  readonly source: SourceId | undefined;
}

/** An entry of a project's policy that allows what nothing needs. */
export interface UnusedEntry {
  /** `The waiver of license for ring *`. */
  readonly what: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Where it is in the policy, by keys and indexes. */
  readonly path: TomlPath;
}

/**
 * The entries of a project's own policy that let something in, and are about no package of its lockfiles: waivers,
 * exceptions, clarifications, skipped duplicates, names that may resemble others, wrappers of what is banned, sources.
 * They would let the next one in without anybody looking. Throws `PolicyError`.
 */
export function unusedEntries(project: TomlSource, locked: readonly LockedName[]): readonly UnusedEntry[] {
  const { waivers, settings } = loadPolicy(project);
  const found: UnusedEntry[] = [];
  const add = (what: string, path: TomlPath) => found.push({ what, path, ...placed(project, path) });
  const isThere = (spec: CrateSpec) =>
    locked.some(({ name: crate, version }) => isAbout(spec, { crate, version }));
  for (const [i, waiver] of waivers.entries()) {
    const isFile = /[/.]/.test(waiver.crate);
    if (!isFile && !locked.some(({ name: crate, version }) => concerns(waiver, { crate, version })))
      add(`The waiver of ${waiver.rule} for ${waiver.crate} ${waiver.version}`, ['waiver', i]);
  }
  const license = settings.license as LicenseSettings;
  for (const key of ['exceptions', 'clarify'] as const)
    for (const [i, entry] of license[key].entries())
      if (!isThere(entry))
        add(`The entry for ${sayCrate(entry)} in \`${key}\` of [license]`, ['license', key, i]);
  const { skip } = settings['duplicate-versions'] as DuplicateSettings;
  for (const [i, entry] of skip.entries())
    if (!isThere(entry))
      add(`The entry for ${sayCrate(entry)} in \`skip\` of [duplicate-versions]`, [
        'duplicate-versions',
        'skip',
        i,
      ]);
  const { allow } = settings.typosquat as TyposquatSettings;
  for (const [i, name] of allow.entries())
    if (!locked.some((pkg) => sameCrate(pkg.name, name)))
      add(`${name} in \`allow\` of [typosquat]`, ['typosquat', 'allow', i]);
  const { crates } = settings.banned as BannedSettings;
  for (const [i, ban] of crates.entries())
    for (const [j, wrapper] of ban.wrappers.entries())
      if (!locked.some((pkg) => sameCrate(pkg.name, wrapper)))
        add(`${wrapper} in \`wrappers\` of the ban of ${sayCrate(ban)}`, [
          'banned',
          'crates',
          i,
          'wrappers',
          j,
        ]);
  found.push(...unusedSources(project, settings.source as SourceSettings, locked));
  return found;
}

/** crates.io is always named; any other source is there because something comes from it. */
function unusedSources(
  project: TomlSource,
  { registries, git }: SourceSettings,
  locked: readonly LockedName[],
): readonly UnusedEntry[] {
  const sources = locked.flatMap(({ source }) => source ?? []);
  const unused = (
    key: 'registries' | 'git',
    list: readonly string[],
    isKind: (source: SourceId) => boolean,
  ) =>
    list.flatMap((address, i) => {
      if (address === 'crates.io' || sources.some((one) => isKind(one) && sourceMatches([address], one)))
        return [];
      const path = ['source', key, i];
      return [{ what: `${address} in \`${key}\` of [source]`, path, ...placed(project, path) }];
    });
  return [
    ...unused('registries', registries, (one) => one.kind !== 'git' && !isCratesIo(one)),
    ...unused('git', git, (one) => one.kind === 'git'),
  ];
}

function placed(
  { file, text }: TomlSource,
  path: TomlPath,
): { readonly file: string; readonly line: number } {
  return { file, line: (placeOf(text, path) ?? locateKey(text, path)).line };
}

function sayCrate({ name, version }: CrateSpec): string {
  return version === undefined ? name : `${name} ${version}`;
}
