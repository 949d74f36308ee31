/** Servers that keep crates in one bucket: what one has the others serve, whatever becomes of the upstream. */
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { testBucket } from '../support/bucket.ts';
import { startMirror } from '../support/mirror.ts';
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

test('a backup of a server whose crates are in a bucket needs a copy of that as well, and says so', async (t) => {
  const bucket = await testBucket(t);
  const { url, accessKey, secretKey } = bucket.address;
  const env = { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
  const config = `[blobs]\nbucket = "${url}"\nregion = "eu-test-1"\n`;
  const s = await stage(t, { config, env });
  s.publish('word', '1.0.0');
  await s.index('word');
  const first = await s.download('word', '1.0.0');
  const cwd = folder(t);
  const backup = ['mirror', 'backup', 'copy', '--data', s.mirror.data];
  const refused = await safeguard([...backup, '--crates'], { cwd });
  assert.equal(refused.code, 64);
  assert.match(refused.stderr, /are in a bucket[\s\S]*Leave --crates out, then copy the bucket/);
  assert.equal(existsSync(join(cwd, 'copy')), false, 'nothing was begun');
  const made = await safeguard(backup, { cwd });
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /The crates are in a bucket: copy that next/);

  // As its store's tools copy it.
  const copied = await testBucket(t);
  for (const [name, bytes] of bucket.objects) copied.objects.set(name, bytes);
  const asked = s.upstream.requests.count();
  await s.mirror.close();
  bucket.objects.clear();
  const restored = await safeguard(['mirror', 'restore', 'copy', '--data', 'elsewhere'], { cwd });
  assert.equal(restored.code, 0, restored.stdout + restored.stderr);
  const data = join(cwd, 'elsewhere');
  const other = config.replace(url, copied.address.url);
  const { clock, upstream } = s;
  const mirror = await startMirror({ upstream: upstream.indexUrl, clock, data, env, config: other }, t);
  const again = await mirror.call('/crates/word/1.0.0/download');
  assert.deepEqual(Buffer.from(await again.arrayBuffer()), first.body);
  assert.equal(upstream.requests.count(), asked, 'the upstream is not asked again');
});

test('a bucket without a key, or one that is not there, keeps a server from starting', async (t) => {
  const { address } = await testBucket(t);
  const config = `[blobs]\nbucket = "${address.url}"\nregion = "eu-test-1"\n`;
  await assert.rejects(stage(t, { config, env: {} }), /set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
  const env = { AWS_ACCESS_KEY_ID: address.accessKey, AWS_SECRET_ACCESS_KEY: 'other' };
  await assert.rejects(stage(t, { config, env }), /SignatureDoesNotMatch/);
});
