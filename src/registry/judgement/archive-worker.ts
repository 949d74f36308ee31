import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { worker } from 'workerpool';
import { type CrateArchive, freeArchive, manifestOf, readCrateArchive } from '../../cargo/crate-archive.ts';
import { CargoError } from '../../cargo/error.ts';
import { readContents } from '../../facts/archive-contents/contents.ts';
import { readCode } from '../../facts/code.ts';
import { contentDigest } from '../../facts/crev/content-digest.ts';
import { readLicense } from '../../facts/license/release.ts';
import { readStd } from '../../facts/std.ts';
import type { ArchiveSource } from './archive-pool.ts';
import { type ArchiveReading, readerVersion, type WantedBytes } from './bytes.ts';

/** Reads one `.crate` in a process of its own: whatever the bytes are, the answer is a fact. */
function readArchive({
  release,
  ...source
}: ArchiveSource & { readonly release: WantedBytes }): ArchiveReading {
  const bytes = 'path' in source ? readFileSync(source.path) : source.bytes;
  const checksum = createHash('sha256').update(bytes).digest('hex');
  const size = bytes.length;
  let archive: CrateArchive | undefined;
  try {
    archive = readCrateArchive(bytes);
    const manifest = manifestOf(archive);
    const problems = [...archive.problems];
    if (manifest === undefined) problems.push('it has no readable Cargo.toml.');
    else if (manifest.name !== release.crate || manifest.version !== release.version) {
      problems.push(`its manifest says that it is ${manifest.name} ${manifest.version}.`);
    }
    return {
      reader: readerVersion,
      archive: { checksum, size, unpackedSize: archive.unpackedSize, files: archive.files.length, problems },
      license: readLicense(archive.files, manifest),
      contents: readContents(archive.files, manifest, size),
      contentDigest: contentDigest(archive.files),
      std: readStd(archive.files, manifest),
      code: readCode(archive.files, manifest),
    };
  } catch (error) {
    if (!(error instanceof CargoError)) throw error;
    const unreadable = { checksum, size, unpackedSize: 0, files: 0, problems: [error.message] };
    return { reader: readerVersion, archive: unreadable };
  } finally {
    if (archive !== undefined) freeArchive(archive);
  }
}

worker({ readArchive });
