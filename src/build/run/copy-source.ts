import { copyFileSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies files, folders and links as they are, with times of their own; sockets and devices are no source. Of `hidden`
 * folders nothing that is in them.
 */
export function copySource(from: string, to: string, hidden: readonly string[]): void {
  mkdirSync(to, { recursive: true });
  if (hidden.includes(from)) return;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [path, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copySource(path, copy, hidden);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(path), copy);
    else if (entry.isFile()) copyFileSync(path, copy);
  }
}
