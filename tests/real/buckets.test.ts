/** Blobs in buckets of servers that others wrote: versitygw and s3s-fs, each with keys that need care. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { bucketBlobs } from '../../src/store/s3/blobs-bucket.ts';
import { Bucket } from '../../src/store/s3/bucket.ts';
import { probeBucket } from '../../src/store/s3/probe.ts';
import { cargoPeer, goPeer, PeerMissing } from '../support/peers.ts';
import { tempDir } from '../support/temp.ts';

const keys = { accessKey: 'AKTEST', secretKey: 'secret/+key' };

/** How each is started over a folder, whose folders are its buckets. */
const servers: Readonly<Record<string, (folder: string, port: number) => Promise<ChildProcess>>> = {
  versitygw: async (folder, port) => {
    const program = await goPeer('github.com/versity/versitygw/cmd/versitygw', 'v1.8.0');
    const login = ['--access', keys.accessKey, '--secret', keys.secretKey];
    // The folder of a test may have no extended attributes.
    const kept = ['posix', '--sidecar', join(folder, '../sidecar'), folder];
    mkdirSync(join(folder, '../sidecar'));
    return spawn(program, [
      ...login,
      '--port',
      `127.0.0.1:${port}`,
      '--region',
      'us-east-1',
      '--quiet',
      ...kept,
    ]);
  },
  's3s-fs': async (folder, port) => {
    const program = await cargoPeer('s3s-fs', '0.14.1', ['binary']);
    const login = ['--access-key', keys.accessKey, '--secret-key', keys.secretKey];
    return spawn(program, ['--host', '127.0.0.1', '--port', String(port), ...login, folder]);
  },
};

describe('blobs in a bucket', { timeout: 60 * 60_000 }, () => {
  for (const [name, start] of Object.entries(servers))
    it(`of ${name}`, async (t) => {
      try {
        await tryOut(t as TestContext, start);
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        t.skip(error.message);
      }
    });
});

async function tryOut(t: TestContext, start: (typeof servers)[string]): Promise<void> {
  const root = tempDir(t);
  mkdirSync(join(root, 'buckets/crates'), { recursive: true });
  const port = await freePort();
  const child = await start(join(root, 'buckets'), port);
  t.after(() => child.kill());
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  await answers(port, said);

  for (const prefix of ['', 'a+b/', '50% (of) these!/ü ']) {
    const address = { url: `http://127.0.0.1:${port}/crates`, prefix, region: 'us-east-1', ...keys };
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Once somebody answers there at all. */
async function answers(port: number, said: readonly string[]): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer !== undefined) return void (await answer.text());
    await setTimeout(100);
  }
  throw new Error(`it does not answer: ${said.join('')}`);
}
