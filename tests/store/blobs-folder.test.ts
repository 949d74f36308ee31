import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { folderBlobs } from '../../src/store/blobs-folder.ts';
import { tempDir } from '../support/temp.ts';

const bytes = Buffer.from('the bytes of a crate\n'.repeat(5_000));
const digest = sha256(bytes);
const whole = { maxBytes: 10_000_000 };

describe('blobs in a folder', () => {
  it('are found by their digest, read in one piece or as a stream', async (t) => {
    const { blobs, path } = start(t);
    assert.equal(await blobs.has(digest), false);
    assert.equal(await blobs.open(digest), undefined);
    assert.deepEqual(await blobs.put(pieces(bytes, 1_000), { ...whole, expected: digest }), {
      digest,
      size: bytes.length,
    });
    assert.equal(await blobs.has(digest), true);
    assert.deepEqual(readFileSync(path(digest)), bytes);
    const handle = await blobs.open(digest);
    assert.ok(handle);
    assert.equal(handle.size, bytes.length);
    assert.deepEqual(await handle.read(), bytes);
    assert.deepEqual(await handle.read(), bytes);
    assert.deepEqual(await buffer(handle.stream()), bytes);
    await handle.close();
  });

  it('may be empty', async (t) => {
    const { blobs } = start(t);
    const stored = await blobs.put(pieces(Buffer.alloc(0), 1), { maxBytes: 0 });
    assert.deepEqual(stored, { digest: sha256(Buffer.alloc(0)), size: 0 });
    const handle = await blobs.open(stored.digest);
    assert.deepEqual(await handle?.read(), Buffer.alloc(0));
    assert.deepEqual(handle && (await buffer(handle.stream())), Buffer.alloc(0));
    await handle?.close();
  });

  it('are not kept past the limit, and the rest of the body is not read', async (t) => {
    const { blobs, files } = start(t);
    let given = 0;
    let ended = false;
    async function* endless() {
      try {
        for (;;) {
          given += 1;
          yield Buffer.alloc(10);
        }
      } finally {
        ended = true;
      }
    }
    await assert.rejects(blobs.put(endless(), { maxBytes: 25 }), {
      code: 'store/blob-too-large',
      details: { maxBytes: '25' },
    });
    assert.equal(given, 3);
    assert.ok(ended);
    assert.deepEqual(files(), []);
    await blobs.put(pieces(bytes, 1_000), { maxBytes: bytes.length });
  });

  it('are not kept under another digest than expected; the error names the real one', async (t) => {
    const { blobs, files } = start(t);
    const expected = '0'.repeat(64);
    await assert.rejects(blobs.put(pieces(bytes, 1_000), { ...whole, expected }), {
      code: 'store/blob-mismatch',
      details: { expected, actual: digest },
    });
    assert.deepEqual(files(), []);
    assert.equal(await blobs.has(digest), false);
  });

  it('are not kept when the body breaks off, and the error is the body’s own', async (t) => {
    const { blobs, files } = start(t);
    const failure = new Error('connection reset');
    async function* broken() {
      yield bytes;
      throw failure;
    }
    await assert.rejects(blobs.put(broken(), whole), failure);
    assert.deepEqual(files(), []);
  });

  it('leave nothing behind on a full disk, which is said as such', async (t) => {
    const { blobs, files, folder } = start(t);
    const probe = await open(folder);
    const handles = Object.getPrototypeOf(probe) as Awaited<ReturnType<typeof open>>;
    await probe.close();
    for (const method of ['write', 'sync'] as const) {
      const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const mock = t.mock.method(handles, method, () => Promise.reject(full));
      await assert.rejects(blobs.put(pieces(bytes, 1_000), whole), { code: 'store/full', cause: full });
      mock.mock.restore();
      assert.deepEqual(files(), []);
    }
    await blobs.put(pieces(bytes, 1_000), whole);
  });

  it('go to disk whole although the system takes a few bytes at a time', async (t) => {
    const { blobs, path, folder } = start(t);
    const probe = await open(folder);
    const handles = Object.getPrototypeOf(probe) as {
      write(data: Uint8Array, from: number, length?: number): unknown;
    };
    await probe.close();
    const write = handles.write;
    t.mock.method(handles, 'write', function (this: unknown, data: Uint8Array, from: number) {
      return write.call(this, data, from, Math.min(7_001, data.byteLength - from));
    });
    await blobs.put(pieces(bytes, 50_000), { ...whole, expected: digest });
    assert.deepEqual(readFileSync(path(digest)), bytes);
  });

  it('may be put many times at once, by several stores on one folder', async (t) => {
    const { blobs, folder, files } = start(t);
    const others = [blobs, folderBlobs(folder), folderBlobs(folder)];
    const stored = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        others[i % 3]?.put(pieces(bytes, 500 + i), { ...whole, expected: digest }),
      ),
    );
    assert.deepEqual(new Set(stored.map((one) => one?.digest)), new Set([digest]));
    assert.deepEqual(files(), [digest]);
    const handle = await blobs.open(digest);
    assert.deepEqual(await handle?.read(), bytes);
    await handle?.close();
  });

  it('are deleted, which may be said twice; what is open stays readable', async (t) => {
    const { blobs } = start(t);
    await blobs.put(pieces(bytes, 1_000), whole);
    const handle = await blobs.open(digest);
    await blobs.delete(digest);
    await blobs.delete(digest);
    assert.equal(await blobs.has(digest), false);
    assert.equal(await blobs.open(digest), undefined);
    assert.deepEqual(await handle?.read(), bytes);
    await handle?.close();
    await blobs.put(pieces(bytes, 1_000), whole);
    assert.equal(await blobs.has(digest), true);
  });

  it('are named by digests and nothing else, whatever is asked for', async (t) => {
    const { blobs, folder } = start(t);
    writeFileSync(join(folder, 'secret'), 'x');
    const hostile = [
      '',
      '../../secret',
      `${'a'.repeat(61)}/..`,
      digest.toUpperCase(),
      `${digest}\n`,
      `${digest.slice(1)}\0`,
      digest.slice(1),
      `${digest}a`,
      'tmp',
      ['a'] as unknown as string,
      undefined as unknown as string,
    ];
    for (const name of hostile) {
      const refused = { code: 'store/blob-digest' };
      await assert.rejects(blobs.has(name), refused);
      await assert.rejects(blobs.open(name), refused);
      await assert.rejects(blobs.delete(name), refused);
      if (name === undefined) continue; // Not expected at all.
      let read = false;
      async function* body() {
        read = true;
        yield bytes;
      }
      await assert.rejects(blobs.put(body(), { ...whole, expected: name }), refused);
      assert.equal(read, false);
    }
  });

  it('are not opened when they are no regular files', async (t) => {
    const { blobs, folder, path } = start(t);
    await blobs.put(pieces(bytes, 1_000), whole);
    rmSync(path(digest));
    writeFileSync(join(folder, 'secret'), 'x');
    symlinkSync(join(folder, 'secret'), path(digest));
    await assert.rejects(blobs.open(digest), {
      code: 'store/damaged',
      message: /it is a symbolic link\. Delete it/,
    });
    assert.equal(await blobs.has(digest), false);
    await blobs.delete(digest);
    assert.ok(existsSync(join(folder, 'secret')));
    mkdirSync(path(digest));
    await assert.rejects(blobs.open(digest), { code: 'store/damaged', message: /not a regular file/ });
    rmSync(path(digest), { recursive: true });
    // And a good one heals the place.
    symlinkSync(join(folder, 'secret'), path(digest));
    await blobs.put(pieces(bytes, 1_000), whole);
    assert.deepEqual(readFileSync(path(digest)), bytes);
    assert.equal(readFileSync(join(folder, 'secret'), 'utf8'), 'x');
  });

  it('with other bytes than their name says are as good as not there, until they are put again', async (t) => {
    const { blobs, path } = start(t);
    await blobs.put(pieces(bytes, 1_000), whole);
    assert.equal(await blobs.has(digest), true);
    const altered = Buffer.from(bytes);
    altered[7] = 0;
    writeFileSync(path(digest), altered);
    assert.equal(await blobs.has(digest), false);
    assert.equal(await blobs.open(digest), undefined);
    await blobs.put(pieces(bytes, 1_000), { ...whole, expected: digest });
    const handle = await blobs.open(digest);
    assert.deepEqual(await handle?.read(), bytes);
    await handle?.close();
  });

  it('are not read again to be opened by who wrote them, unless their file is another one', async (t) => {
    const { blobs, folder, path } = start(t);
    const probe = await open(folder);
    const handles = Object.getPrototypeOf(probe) as Awaited<ReturnType<typeof open>>;
    await probe.close();
    await blobs.put(pieces(bytes, 1_000), whole);
    const reads = t.mock.method(handles, 'read');
    await (await blobs.open(digest))?.close();
    assert.equal(reads.mock.callCount(), 0);
    rmSync(path(digest));
    writeFileSync(path(digest), Buffer.alloc(bytes.length));
    assert.equal(await blobs.open(digest), undefined);
    assert.notEqual(reads.mock.callCount(), 0);
  });

  it('that shrink while they are open are not read short', async (t) => {
    const { blobs, path } = start(t);
    await blobs.put(pieces(bytes, 1_000), whole);
    const handle = await blobs.open(digest);
    truncateSync(path(digest), 10);
    await assert.rejects(handle?.read() ?? Promise.resolve(), {
      code: 'store/damaged',
      message: /10 of 105000 bytes/,
    });
    await handle?.close();
  });
});

describe('temporary files of blobs', () => {
  it('that an ended process left are removed at the next start; those of a living one stay', async (t) => {
    const { folder, blobs } = start(t);
    const scratch = join(folder, 'blobs', 'tmp');
    const left = join(scratch, 'of-a-dead-process');
    mkdirSync(left);
    writeFileSync(join(left, 'lock.db'), '');
    writeFileSync(join(left, 'torn'), 'half a cra');
    // A put that is under way in this, living, process while another store starts.
    let go: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    async function* slow() {
      yield bytes.subarray(0, 10);
      await gate;
      yield bytes.subarray(10);
    }
    const putting = blobs.put(slow(), { ...whole, expected: digest });
    folderBlobs(folder);
    assert.equal(existsSync(left), false);
    go();
    assert.deepEqual(await putting, { digest, size: bytes.length });
  });

  it('cannot be made where the folder cannot be', (t) => {
    const folder = tempDir(t);
    writeFileSync(join(folder, 'blobs'), '');
    assert.throws(() => folderBlobs(folder), { code: 'store/unreachable' });
  });
});

function start(t: TestContext) {
  const folder = tempDir(t);
  const root = join(folder, 'blobs');
  return {
    folder,
    blobs: folderBlobs(folder),
    path: (name: string) => join(root, name.slice(0, 2), name.slice(2, 4), name),
    /** Every blob and temporary file there is. */
    files: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile() && !file.name.startsWith('lock.'))
        .map(({ name }) => name),
  };
}

async function* pieces(data: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < data.length; from += size) yield data.subarray(from, from + size);
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
