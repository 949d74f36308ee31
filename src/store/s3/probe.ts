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
  const put = async () => {
    const answer = await bucket.ask({ method: 'PUT', name, body, headers: { 'if-none-match': '*' } });
    await answer.body.dump();
    return answer.status;
  };
  const refuse = (what: string) =>
    new StoreError('store/unreachable', `The bucket ${bucket.name} cannot be used: ${what}.`);
  await put();
  try {
    if ((await put()) !== 412)
      throw refuse('it does not know `If-None-Match: *`, and writes an object twice');
    const { status, body: found } = await bucket.ask({ method: 'GET', name });
    if (status !== 200 || !Buffer.from(await found.arrayBuffer()).equals(bytes))
      throw refuse('it gives other bytes than it was given');
  } finally {
    await (await bucket.ask({ method: 'DELETE', name })).body.dump();
  }
}
