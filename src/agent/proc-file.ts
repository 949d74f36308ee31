import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes of the buffer at first, and those that are kept of it. */
const sizes = { first: 64 * 1024, kept: 1024 * 1024 };

let room = Buffer.allocUnsafeSlow(sizes.first);

/**
 * The bytes of a file of /proc, which has no size, until the next one is read: all are read into one buffer, where each
 * had one of its own at every look. Throws what the system says.
 */
export function procBytes(path: string): Buffer {
  if (room.length > sizes.kept) room = Buffer.allocUnsafeSlow(sizes.first);
  const descriptor = openSync(path, 'r');
  try {
    for (let at = 0; ; ) {
      if (at === room.length) room = Buffer.concat([room], 2 * room.length);
      const count = readSync(descriptor, room, at, room.length - at, null);
      if (count === 0) return room.subarray(0, at);
      at += count;
    }
  } finally {
    closeSync(descriptor);
  }
}
