import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { folderBlobs } from '../../../src/store/blobs-folder.ts';
import { bucketBlobs, cacheFolder, outgoingFolder } from '../../../src/store/s3/blobs-bucket.ts';
import { Bucket, type BucketAddress } from '../../../src/store/s3/bucket.ts';
import { probeBucket } from '../../../src/store/s3/probe.ts';
import { testBucket } from '../../support/bucket.ts';
import { tempDir } from '../../support/temp.ts';

const bytes = Buffer.from('the bytes of a crate');
const digest = createHash('sha256').update(bytes).digest('hex');
const place = `${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`;
const options = { maxBytes: 1000 };

/** A server's view of a bucket: its own folder, its own pauses, which pass at once. */
function client(
  t: TestContext,
  address: BucketAddress,
  maxBytes = 1e6,
  folder = tempDir(t),
  deadline = 60_000,
) {
  const pauses: number[] = [];
  const wait = async (time: number) => void pauses.push(time);
  const bucket = new Bucket(address, { wait, random: () => 1, deadline });
  t.after(() => bucket.close());
  return { bucket, pauses, folder, blobs: bucketBlobs(bucket, folder, maxBytes, 1e6) };
}

async function readBy(blobs: ReturnType<typeof bucketBlobs>, of = digest): Promise<string | undefined> {
  const blob = await blobs.open(of);
  const text = (await blob?.read())?.toString();
  await blob?.close();
  return text;
}

const put = (blobs: ReturnType<typeof bucketBlobs>, content = bytes) =>
  blobs.put(Readable.from([content]), options);

for (const prefix of ['', 'a+b/', '50% of *(these)!/ü', "it's a/b c/"])
  test(`what one server puts under ${JSON.stringify(prefix)} another opens, checks and deletes`, async (t) => {
    const { address, objects } = await testBucket(t, prefix);
    const [one, other] = [client(t, address), client(t, address)];
    assert.equal(await one.blobs.has(digest), false);
    assert.deepEqual(await put(one.blobs), { digest, size: bytes.length });
    assert.deepEqual([...objects.keys()], [prefix + place]);
    assert.equal(await readBy(other.blobs), bytes.toString());
    const blob = await other.blobs.open(digest);
    assert.match(blob?.path ?? '', /bucket-cache/);
    await blob?.close();
    await one.blobs.delete(digest);
    assert.equal(await readBy(one.blobs), undefined);
    assert.equal(objects.size, 0);
  });

test('an object is written once; one with other bytes is not there, and is made whole', async (t) => {
  const { address, objects, asked } = await testBucket(t);
  await put(client(t, address).blobs);
  const second = client(t, address);
  await put(second.blobs);
  assert.equal(
    asked.filter((one) => one.startsWith('PUT')).length,
    2,
    'the second is refused, and not sent again',
  );
  objects.set(place, Buffer.from('the bytes of a crane'));
  const third = client(t, address);
  assert.equal(await third.blobs.has(digest), false);
  assert.equal(await readBy(third.blobs), undefined);
  await put(third.blobs);
  assert.deepEqual(objects.get(place), bytes);
});

test('bytes that are not those that were expected, or too many, are sent nowhere', async (t) => {
  const { address, objects, asked } = await testBucket(t);
  const { blobs } = client(t, address);
  const expected = 'a'.repeat(64);
  await assert.rejects(blobs.put(Readable.from([bytes]), { ...options, expected }), {
    code: 'store/blob-mismatch',
  });
  await assert.rejects(blobs.put(Readable.from([bytes]), { maxBytes: 3 }), { code: 'store/blob-too-large' });
  await assert.rejects(blobs.open('../x'), { code: 'store/blob-digest' });
  assert.deepEqual([objects.size, asked], [0, []]);
});

test('what passes is tried again, after pauses that grow; SlowDown as long as it says', async (t) => {
  const bucket = await testBucket(t);
  const { blobs, pauses, bucket: asked } = client(t, bucket.address);
  bucket.failures.push(
    { status: 503, code: 'SlowDown' },
    'cut',
    { status: 500, code: 'InternalError' },
    { status: 503, code: 'SlowDown', after: 7 },
    { status: 409, code: 'ConditionalRequestConflict' },
  );
  await put(blobs);
  assert.deepEqual(bucket.objects.get(place), bytes);
  assert.deepEqual(pauses, [200, 400, 800, 7000, 3200]);
  assert.equal(asked.lastError, null);
});

const refusals = [
  ['a bucket that is not there', { url: 'elsewhere' }, /NoSuchBucket: make it/],
  ['a wrong secret', { secretKey: 'other' }, /SignatureDoesNotMatch: is AWS_SECRET_ACCESS_KEY right/],
] as const;
for (const [what, change, words] of refusals)
  test(`${what} is said at once, with what to do`, async (t) => {
    const { address } = await testBucket(t);
    const url = 'url' in change ? address.url.replace(/crates$/, change.url) : address.url;
    const { blobs, pauses, bucket } = client(t, { ...address, ...change, url });
    for (const act of [() => blobs.open(digest), () => put(blobs)])
      await assert.rejects(act(), { code: 'store/unreachable', message: words });
    assert.deepEqual(pauses, []);
    assert.match(bucket.lastError ?? '', words);
  });

test('a bucket that stays away is given up, and what is here is served', async (t) => {
  const bucket = await testBucket(t);
  const { blobs, pauses } = client(t, bucket.address);
  await put(blobs);
  bucket.failures.push(...Array.from({ length: 8 }, () => ({ status: 503, code: 'SlowDown' })));
  await assert.rejects(blobs.open('b'.repeat(64)), { code: 'store/unreachable', message: /SlowDown/ });
  assert.equal(pauses.length, 7);
  assert.equal(await readBy(blobs), bytes.toString());
});

test('of the copies those that were used last are kept, also over a start', async (t) => {
  const { address } = await testBucket(t);
  const contents = ['a', 'b', 'c'].map((letter) => Buffer.alloc(100, letter));
  const digests = contents.map((content) => createHash('sha256').update(content).digest('hex'));
  const { blobs, folder } = client(t, address, 250);
  const copies = () =>
    readdirSync(join(folder, cacheFolder, 'blobs'), { recursive: true, encoding: 'utf8' })
      .map((name) => name.slice(-64))
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .sort();
  for (const content of contents) await put(blobs, content);
  for (const one of digests) assert.equal((await readBy(blobs, one))?.length, 100, 'each is in the bucket');
  assert.equal(copies().length, 2);
  const again = client(t, address, 150, folder);
  await put(again.blobs, Buffer.alloc(100, 'd'));
  assert.equal(copies().length, 1, 'a smaller folder is made so');
  assert.equal((await readBy(again.blobs, digests[0]))?.length, 100);
});

/** Sends bytes until nobody reads them. */
function endless(status: number, beginning = '') {
  return (response: ServerResponse) => {
    response.writeHead(status).write(beginning);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 'x')));
    };
    response.on('drain', more);
    more();
  };
}

test('a write counts once the bucket says that it was done, and in no other case', async (t) => {
  const bucket = await testBucket(t);
  const { blobs, folder, pauses } = client(t, bucket.address);
  const failed = '<?xml version="1.0"?><Error><Code>InternalError</Code></Error>';
  bucket.failures.push((response) => response.writeHead(200).end(failed));
  await put(blobs);
  assert.deepEqual(
    [bucket.objects.get(place), pauses],
    [bytes, [200]],
    'a 200 may say that nothing was written',
  );
  const refusals: readonly (readonly [(response: ServerResponse) => void, RegExp])[] = [
    [(response) => response.writeHead(404).end('nothing here'), /status 404/],
    [(response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), /status 307/],
    [endless(403, '<Error><Code>AccessDenied</Code>'), /AccessDenied: the key may not/],
  ];
  for (const [answer, message] of refusals) {
    bucket.failures.push(answer);
    await assert.rejects(put(blobs, Buffer.from('others')), { code: 'store/unreachable', message });
  }
  assert.equal(bucket.objects.size, 1);
  const waiting = readdirSync(join(folder, outgoingFolder, 'blobs'), { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    waiting.filter((name) => /[0-9a-f]{64}$/.test(name)),
    [],
    'what could not be put is not kept',
  );
});

test('an object that is cut, another, without end or an error in a 200 is not there, and is made whole', async (t) => {
  const bucket = await testBucket(t);
  await put(client(t, bucket.address).blobs);
  const answers = [
    (response: ServerResponse) => response.writeHead(200).end(bytes.subarray(0, 5)),
    (response: ServerResponse) => response.writeHead(200).end('<Error><Code>InternalError</Code></Error>'),
    endless(200),
  ];
  for (const answer of answers) {
    const { blobs } = client(t, bucket.address);
    bucket.failures.push(answer);
    assert.equal(await blobs.has(digest), false);
    await put(blobs);
    assert.equal(await readBy(blobs), bytes.toString());
  }
  const { blobs } = client(t, bucket.address);
  bucket.failures.push((response) => response.writeHead(206).end(bytes));
  await assert.rejects(blobs.open(digest), { message: /it answers status 206/ });
  bucket.failures.push((response) => response.writeHead(302, { location: '/crates/x' }).end());
  await assert.rejects(blobs.open(digest), { message: /it answers status 302/ });
  assert.equal(await readBy(blobs), bytes.toString());
});

test('a bucket that begins to answer and does not go on is given up', async (t) => {
  const bucket = await testBucket(t);
  const { blobs } = client(t, bucket.address, 1e6, tempDir(t), 50);
  const stuck = (response: ServerResponse) =>
    void response.writeHead(200, { 'content-length': 99 }).write('x');
  bucket.failures.push(stuck, stuck, stuck);
  await assert.rejects(blobs.open(digest), { code: 'store/unreachable', message: /breaks off/ });
  bucket.failures.push((response) => void response.writeHead(200).write('x'));
  await put(blobs);
  assert.deepEqual(bucket.objects.get(place), bytes);
});

test('what many put and ask for at once is fetched once, and whole', async (t) => {
  const { address, asked, objects } = await testBucket(t);
  const one = client(t, address);
  await Promise.all(Array.from({ length: 8 }, () => put(one.blobs)));
  assert.deepEqual(objects.get(place), bytes);
  asked.length = 0;
  const other = client(t, address);
  const found = await Promise.all(Array.from({ length: 8 }, () => readBy(other.blobs)));
  assert.deepEqual(new Set(found), new Set([bytes.toString()]));
  assert.deepEqual(asked, [`GET ${place}`]);
});

test('what is larger than the folder of copies is read, and does not stay', async (t) => {
  const { address } = await testBucket(t);
  const { blobs, folder } = client(t, address, 10);
  const others = ['a', 'b', 'c'].map((letter) => Buffer.alloc(100, letter));
  for (const content of others) await put(blobs, content);
  for (const content of others)
    assert.equal(await readBy(blobs, createHash('sha256').update(content).digest('hex')), content.toString());
  const copies = readdirSync(join(folder, cacheFolder, 'blobs'), { recursive: true, encoding: 'utf8' });
  assert.equal(copies.filter((name) => /[0-9a-f]{64}$/.test(name)).length, 1);
});

test('a copy that was damaged here is fetched again', async (t) => {
  const { address } = await testBucket(t);
  const { blobs, folder } = client(t, address);
  await put(blobs);
  writeFileSync(join(folder, cacheFolder, 'blobs', place), 'something else');
  assert.equal(await readBy(blobs), bytes.toString());
});

test('what a folder had before there was a bucket is brought there as it is asked for', async (t) => {
  const { address, objects } = await testBucket(t);
  const folder = tempDir(t);
  await folderBlobs(folder).put(Readable.from([bytes]), options);
  const { blobs } = client(t, address, 1e6, folder);
  assert.equal(await readBy(blobs), bytes.toString());
  assert.deepEqual(objects.get(place), bytes);
  assert.equal(await folderBlobs(folder).has(digest), false);
});

test('a bucket is tried out: one that writes twice is refused', async (t) => {
  const bucket = await testBucket(t, 'x/');
  const { bucket: asked } = client(t, bucket.address);
  await probeBucket(asked);
  assert.equal(bucket.objects.size, 0);
  bucket.isConditional = false;
  await assert.rejects(probeBucket(asked), { code: 'store/unreachable', message: /If-None-Match/ });
  assert.equal(bucket.objects.size, 0);
});
