import type { ArchiveFact } from '../../src/facts/archive.ts';

/** The fact of a sound archive with that checksum. */
export function archive(checksum: string): ArchiveFact {
  return { checksum, size: 100, unpackedSize: 1000, files: 3, problems: [] };
}
