import { readSync } from 'node:fs';
import type { ByteSource } from '../binary/bytes.ts';

/** The bytes of an open file. */
export function fileSource(descriptor: number, size: number): ByteSource {
  return {
    size,
    read: (offset, length) => {
      const bytes = Buffer.allocUnsafe(length);
      const count = readSync(descriptor, bytes, 0, length, offset);
      // A file that is cut off while it is read is broken from here on.
      return count === length ? bytes : bytes.subarray(0, count);
    },
  };
}
