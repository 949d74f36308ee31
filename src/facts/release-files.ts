import { type CrateArchive, manifestOf } from '../cargo/crate-archive.ts';
import { type ContentsFact, readContents } from './archive-contents/contents.ts';
import { type LicenseFact, readLicense } from './license/release.ts';

/** What an archive's files say, beside what `ArchiveFact` says of its bytes. Plain data: it crosses threads. */
export interface ReleaseFiles {
  readonly contents: ContentsFact;
  readonly license: LicenseFact;
}

/**
 * Reads every fact that lies in an archive's files, once. `undefined` for an archive with problems: what its files are
 * depends on who unpacks it, and the rule `integrity` denies it anyway. `packed` is the size of the `.crate` in bytes.
 */
export function readReleaseFiles(archive: CrateArchive, packed: number): ReleaseFiles | undefined {
  if (archive.problems.length > 0) return undefined;
  const manifest = manifestOf(archive);
  return {
    contents: readContents(archive.files, manifest, packed),
    license: readLicense(archive.files, manifest),
  };
}
