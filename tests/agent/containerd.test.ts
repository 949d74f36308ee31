/** Programs that containers of containerd begin with, out of databases that containerd itself wrote. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { BoltBucket, BrokenBolt, readBolt } from '../../src/agent/bolt.ts';
import { containersIn } from '../../src/agent/containers.ts';
import { Root } from '../../src/agent/root.ts';
import { bytesSource } from '../../src/binary/bytes.ts';
import { tempDir } from '../support/temp.ts';
import { seeded } from '../support/victim.ts';

const fixture = (name: string) =>
  gunzipSync(readFileSync(fileURLToPath(new URL(`../fixtures/containerd/${name}.gz`, import.meta.url))));
const meta = fixture('meta.db');
const snapshots = fixture('metadata.db');

interface Kept {
  readonly meta?: Buffer;
  readonly snapshots?: Buffer;
}

/** A host with those databases, and the files of the image and of two containers. */
function host(t: TestContext, folder: string, kept: Kept = {}): Root {
  const base = tempDir(t);
  const write = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(join(base, folder, path)), { recursive: true });
    writeFileSync(join(base, folder, path), content, { mode });
  };
  write('io.containerd.metadata.v1.bolt/meta.db', kept.meta ?? meta);
  const of = 'io.containerd.snapshotter.v1.overlayfs';
  write(`${of}/metadata.db`, kept.snapshots ?? snapshots);
  write(`${of}/snapshots/1/fs/bin/busybox`, 'busybox', 0o755);
  write(`${of}/snapshots/2/fs/opt/bin/app`, 'of the image', 0o755);
  // The first container's own; 11 is that of `more-9`.
  write(`${of}/snapshots/3/fs/etc/hostname`, 'c1');
  write(`${of}/snapshots/11/fs/opt/bin/app`, 'replaced', 0o755);
  return new Root(base);
}

for (const folder of ['var/lib/containerd', 'var/lib/rancher/k3s/agent/containerd'])
  it(`are found in the layers of its snapshots, below ${folder}`, (t) => {
    const found = containersIn(host(t, folder)).map(
      ({ key, by, entry, root }) => `${key} | ${by}: ${entry} ${root.text(entry, 99)}`,
    );
    assert.equal(found.length, 60);
    assert.deepEqual(
      found.filter((line) => /\bc1 \||more-9 /.test(line)),
      [
        'containerd k8s.io c1 | containerd c1: /opt/bin/app of the image',
        'containerd k8s.io more-9 | containerd web-0/c9 (more-9): /opt/bin/app replaced',
      ],
    );
  });

it('are not there where either database is none', (t) => {
  for (const kept of [
    { meta: Buffer.alloc(0) },
    { snapshots: Buffer.from('no database') },
    { meta: meta.subarray(0, 20_000) },
    { snapshots: Buffer.alloc(200_000) },
  ])
    assert.deepEqual(containersIn(host(t, 'var/lib/containerd', kept)), []);
});

it('names and values of a database, the newest whole state of the two', () => {
  const { number, root } = readBolt(bytesSource(meta));
  const names = [...(root.bucket('v1', 'k8s.io', 'containers')?.entries() ?? [])].map(([name]) => name);
  assert.deepEqual(names, ['c1', ...Array.from({ length: 59 }, (_, i) => `more-${i + 2}`)].toSorted());
  assert.equal(root.bucket('v1', 'k8s.io', 'containers', 'c1')?.text('snapshotKey'), 'c1');
  assert.equal(root.bucket('v1', 'nobody', 'containers'), undefined);
  // Where one of the two is torn, the other counts; where both are, none does.
  const torn = (...pages: readonly number[]) => {
    const bytes = Buffer.from(meta);
    for (const page of pages) bytes.writeUInt8(bytes.readUInt8(4096 * page + 70) ^ 1, 4096 * page + 70);
    return bytes;
  };
  const numbers = [0, 1].map((page) => readBolt(bytesSource(torn(page))).number).toSorted();
  assert.deepEqual(numbers, [number - 1n, number]);
  assert.throws(() => readBolt(bytesSource(torn(0, 1))), BrokenBolt);
});

it('bytes changed anywhere are read, or refused', () => {
  const random = seeded(18);
  for (let i = 0; i < 400; i++) {
    const bytes = Buffer.from(snapshots);
    // Not the two pages that have a checksum.
    for (let n = 0; n < 20; n++) bytes[8192 + random(bytes.length - 8192)] = random(256);
    // Numbers of pages and lengths too.
    for (let n = 0; n < 5; n++)
      bytes.writeUInt16LE(random(65_536), 8192 + 8 * random((bytes.length - 8192) / 8 - 1));
    try {
      walk(readBolt(bytesSource(bytes)).root, 0);
    } catch (error) {
      assert.ok(error instanceof BrokenBolt, String(error));
    }
  }
});

function walk(bucket: BoltBucket, depth: number): void {
  for (const [, value] of bucket.entries())
    if (value instanceof BoltBucket && depth < 20) walk(value, depth + 1);
}
