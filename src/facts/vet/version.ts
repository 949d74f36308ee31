import { compareVersions, tryParseVersion, type Version } from '../../cargo/version.ts';

/** A version as cargo-vet writes it: `1.2.3`, or `1.2.3@git:<40 hex digits>` for a commit that was never released. */
export interface VetVersion {
  readonly semver: Version;
  /** The commit, for code that came from git. */
  readonly commit: string | undefined;
  /** One spelling for equal versions: good as a key. */
  readonly text: string;
}

/** Reads a version; `undefined` on anything that cargo-vet refuses (cargo-vet: format.rs, `VetVersion::parse`). */
export function parseVetVersion(text: string): VetVersion | undefined {
  const at = text.indexOf('@');
  if (at === -1) return vetVersion(text, undefined);
  const commit = /^\s*git:([0-9A-Fa-f]{40})$/.exec(text.slice(at + 1))?.[1];
  return commit === undefined ? undefined : vetVersion(text.slice(0, at).trimEnd(), commit);
}

/** The version of a release, or of a package at a commit. */
export function vetVersion(version: string, commit: string | undefined): VetVersion | undefined {
  const semver = tryParseVersion(version);
  if (semver === undefined) return undefined;
  return { semver, commit, text: commit === undefined ? version : `${version}@git:${commit}` };
}

/** By version, build metadata included, then by commit; a release before any commit of the same version. */
export function compareVetVersions(a: VetVersion, b: VetVersion): number {
  return compareVersions(a.semver, b.semver) || compareText(a.commit ?? '', b.commit ?? '');
}

/** Code-unit order, which for the ASCII of names and versions is also the byte order that cargo-vet sorts by. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
