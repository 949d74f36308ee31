/** What the bytes of a `.crate` say, read in memory under limits. */
export interface ArchiveFact {
  /** SHA-256 (hex) of the bytes. */
  readonly checksum: string;
  /** Bytes of the compressed archive. */
  readonly size: number;
  /** Bytes of all files, unpacked. */
  readonly unpackedSize: number;
  readonly files: number;
  /** Why the archive was refused, one sentence each; empty for a sound one. */
  readonly problems: readonly string[];
}
