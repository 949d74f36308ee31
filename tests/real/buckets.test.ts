/** Blobs in buckets of servers that others wrote: versitygw and s3s-fs, each with keys that need care. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { bucketBlobs } from '../../src/store/s3/blobs-bucket.ts';
import { Bucket } from '../../src/store/s3/bucket.ts';
import { probeBucket } from '../../src/store/s3/probe.ts';
import { objectKeys, objectServer, objectServers } from '../support/object-servers.ts';
import { PeerMissing } from '../support/peers.ts';
import { tempDir } from '../support/temp.ts';

describe('blobs in a bucket', { timeout: 60 * 60_000 }, () => {
  for (const name of Object.keys(objectServers))
    it(`of ${name}`, async (t) => {
      try {
        await tryOut(t as TestContext, name);
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        t.skip(error.message);
      }
    });
});

async function tryOut(t: TestContext, name: string): Promise<void> {
  const { url } = await objectServer(name, t);
  for (const prefix of ['', 'a+b/', '50% (of) these!/ü ']) {
    const address = { url, prefix, region: 'us-east-1', ...objectKeys };
    const made = () => {
      const bucket = new Bucket(address);
      t.after(() => bucket.close());
      return { bucket, blobs: bucketBlobs(bucket, tempDir(t), 1e9) };
    };
    const [one, other] = [made(), made()];
    await probeBucket(one.bucket);
    for (const size of [0, 20, 9_000_000]) {
      const bytes = Buffer.alloc(size, `${prefix}${size}`);
      const digest = createHash('sha256').update(bytes).digest('hex');
      const put = (blobs: typeof one.blobs) => blobs.put(Readable.from([bytes]), { maxBytes: 1e7 });
      assert.equal(await one.blobs.has(digest), false);
      await Promise.all([put(one.blobs), put(other.blobs)]);
      const third = made();
      const blob = await third.blobs.open(digest);
      assert.ok(blob !== undefined && (await blob.read()).equals(bytes), `${prefix} ${size}`);
      await blob.close();
      await one.blobs.delete(digest);
      assert.equal(await made().blobs.has(digest), false);
    }
    const stranger = new Bucket({ ...address, secretKey: 'other' });
    t.after(() => stranger.close());
    await assert.rejects(probeBucket(stranger), { message: /SignatureDoesNotMatch: is AWS_SECRET/ });
  }
}
