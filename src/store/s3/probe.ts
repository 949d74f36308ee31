import { createHash, randomUUID } from 'node:crypto';
import { StoreError } from '../error.ts';
import type { Bucket } from './bucket.ts';

/**
 * Whether a bucket does what is asked of it: it takes an object, once; gives the same bytes; deletes it. Throws `StoreError`
 * `store/unreachable` with what it does not.
 */
export async function probeBucket(bucket: Bucket): Promise<void> {
  const name = `probe/${randomUUID()}`;
  const bytes = Buffer.from(name);
  const body = {
    open: () => bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
  };
  const refuse = (what: string) =>
    new StoreError('store/unreachable', `The bucket ${bucket.name} cannot be used: ${what}.`);
  await bucket.put(name, body, { once: true });
  try {
    if ((await bucket.put(name, body, { once: true })) === 'written')
      throw refuse('it does not know `If-None-Match: *`, and writes an object twice');
    if (!(await areThere(bucket, name, bytes))) throw refuse('it gives other bytes than it was given');
  } finally {
    await bucket.delete(name);
  }
}

/** Whether an object has these bytes, and no more of them. */
async function areThere(bucket: Bucket, name: string, bytes: Buffer): Promise<boolean> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of (await bucket.get(name)) ?? []) {
    size += piece.length;
    if (size > bytes.length) return false;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).equals(bytes);
}
