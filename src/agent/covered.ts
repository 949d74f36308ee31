import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MappedFile } from './proc-text.ts';
import { isAbsent } from './root.ts';

// The kernel marks what was unlinked. A path may lead to another file all the same: one that is mounted over it, or an
// overlay's new copy of it.

/**
 * Whether the file at a path (`DEVICE:INODE`, as stat(2) says them) is another one than the mapped one. Maps name the
 * device of a layer where stat names the overlay's, or a subvolume's: then the kernel's own link to what is mapped
 * decides, which only the privileged may follow.
 */
export function isCovered(folder: string, { file, range }: MappedFile, at: string): boolean {
  if (deviceAndInode(file) === at) return false;
  try {
    const { dev, ino } = statSync(join(folder, 'map_files', range), { bigint: true });
    return `${dev}:${ino}` !== at;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const [device] = deviceAndInode(file).split(':');
    return device === at.split(':')[0];
  }
}

/** `MAJOR:MINOR:INODE` of maps, the first two in hex, as stat(2) has them (makedev(3)). */
function deviceAndInode(file: string): string {
  const [major = 0n, minor = 0n] = file.split(':', 2).map((part) => BigInt(`0x${part}`));
  const device =
    (minor & 0xffn) | ((major & 0xfffn) << 8n) | ((minor & ~0xffn) << 12n) | ((major & ~0xfffn) << 32n);
  return `${device}:${file.slice(file.lastIndexOf(':') + 1)}`;
}

/** What statfs(2) says of an overlay (linux/magic.h). */
const overlay = 0x794c_7630;

/**
 * Whether a file is in an overlay, which copies one of its layers before it is written to: what is mapped stays the old
 * one, under the same path and inode (kernel: Documentation/filesystems/overlayfs.rst, "Non-standard behavior").
 * Elsewhere what is written to a file is what runs.
 */
export function isCopiedWhenWritten(path: string): boolean {
  try {
    return statfsSync(path).type === overlay;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
