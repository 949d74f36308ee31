import { createHash } from 'node:crypto';
import type { ArchiveFile } from '../../src/cargo/crate-archive.ts';

/** Files as an unpacked archive has them. */
export function files(
  contents: Readonly<Record<string, string | Uint8Array>>,
  mode = 0o644,
): readonly ArchiveFile[] {
  return Object.entries(contents).map(([path, content]) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return { path, size: bytes.length, mode, bytes };
  });
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
