/** Servers that keep crates in one bucket: what one has the others serve, whatever becomes of the upstream. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testBucket } from '../support/bucket.ts';
import { databases, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

for (const { name: database, skip } of databases)
  test(`a crate in a bucket outlives the folder of the server that fetched it, on ${database}`, {
    skip,
  }, async (t) => {
    const bucket = await testBucket(t, 'safe+guard/');
    const { url, accessKey, secretKey } = bucket.address;
    const env = { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
    const config = `[blobs]\nbucket = "${url}"\nprefix = "safe+guard/"\nregion = "eu-test-1"\n`;
    const s = await stage(t, { database, config, env });
    s.publish('word', '1.0.0', { files: { 'src/lib.rs': '// word' } });
    await s.index('word');
    const first = await s.download('word', '1.0.0');
    assert.equal(first.status, 200, first.text);
    assert.deepEqual([...bucket.objects.values()], [first.body]);
    const asked = s.upstream.requests.count();

    const other = async () => {
      if (database === 'PostgreSQL') return await s.replica({ data: tempDir(t) });
      for (const name of ['blobs', 'bucket-cache'])
        rmSync(join(s.mirror.data, name), { recursive: true, force: true });
      return await s.restart();
    };
    const mirror = await other();
    const again = await mirror.call('/crates/word/1.0.0/download');
    assert.equal(again.status, 200);
    assert.deepEqual(Buffer.from(await again.arrayBuffer()), first.body);
    assert.equal(s.upstream.requests.count(), asked, 'the upstream is not asked again');

    // Somebody changed the object: it counts as not there.
    for (const name of bucket.objects.keys()) bucket.objects.set(name, Buffer.from('another'));
    rmSync(join(mirror.data, 'bucket-cache'), { recursive: true });
    const mended = await (database === 'PostgreSQL' ? s.replica({ data: tempDir(t) }) : s.restart());
    const brought = await mended.call('/crates/word/1.0.0/download');
    assert.deepEqual(Buffer.from(await brought.arrayBuffer()), first.body);
    assert.deepEqual([...bucket.objects.values()], [first.body], 'and is whole again');
    const status = (await (await mended.call('/api/v1/status')).json()) as { bucket: unknown };
    assert.deepEqual(status.bucket, { url, error: null });
  });

test('a bucket without a key, or one that is not there, keeps a server from starting', async (t) => {
  const { address } = await testBucket(t);
  const config = `[blobs]\nbucket = "${address.url}"\nregion = "eu-test-1"\n`;
  await assert.rejects(stage(t, { config, env: {} }), /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
  const env = { AWS_ACCESS_KEY_ID: address.accessKey, AWS_SECRET_ACCESS_KEY: 'other' };
  await assert.rejects(stage(t, { config, env }), /SignatureDoesNotMatch/);
});
