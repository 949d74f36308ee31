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
import type { ReaderInput } from './archive-pool.ts';
import { type ArchiveReading, readerVersion } from './bytes.ts';

/** Reads one `.crate` in a process of its own: whatever the bytes are, the answer is a fact. */
function readArchive({ release, extent, ...source }: ReaderInput): ArchiveReading {
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
    const { files, unpackedSize } = archive;
    const fact = { checksum, size, unpackedSize, files: files.length, problems };
    const contents = readContents(files, manifest, size);
    if (extent === 'contents') return { only: 'contents', reader: readerVersion, archive: fact, contents };
    return {
      reader: readerVersion,
      archive: fact,
      license: readLicense(files, manifest),
      contents,
      contentDigest: contentDigest(files),
      std: readStd(files, manifest),
      code: readCode(files, manifest),
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
