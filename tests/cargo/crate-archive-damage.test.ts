import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type ArchiveLimits, readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { crate, type Entry, lib, pax, sound, tar, tarEntry, ustar } from './tar-maker.ts';

const problemsOf = (entries: readonly Entry[], limits?: Partial<ArchiveLimits>) =>
  readCrateArchive(crate(entries), limits).problems;

test('reports what follows the end, which others would unpack', () => {
  const evil = tar([{ path: 'abc-1.0.0/build.rs', content: 'evil' }]);
  const good = tar(sound);
  const table: readonly (readonly [RegExp | undefined, Buffer])[] = [
    [undefined, gzipSync(Buffer.concat([good, Buffer.alloc(9 * 1024)]))],
    [undefined, gzipSync(good.subarray(0, -1024))],
    [/after the end of its tar stream/, gzipSync(Buffer.concat([good, evil]))],
    [/after the end of its tar stream/, gzipSync(Buffer.concat([good.subarray(0, -512), evil]))],
    [/after the end of its tar stream/, gzipSync(Buffer.concat([good, Buffer.from('x')]))],
    [/after its gzip data/, Buffer.concat([gzipSync(good), gzipSync(evil)])],
    [/after its gzip data/, Buffer.concat([gzipSync(good), Buffer.from('x')])],
    [/after its gzip data/, Buffer.concat([gzipSync(good), Buffer.alloc(512)])],
  ];
  for (const [reason, bytes] of table) {
    const { problems, files } = readCrateArchive(bytes);
    if (reason === undefined) assert.deepEqual(problems, []);
    else assert.match(problems.join(), reason);
    assert.deepEqual(
      files.map(({ path }) => path),
      ['Cargo.toml', 'src/lib.rs'],
    );
  }
});

test('throws for what cannot be read', () => {
  const good = crate(sound);
  const flipped = Buffer.from(good);
  flipped.writeUInt8((flipped.at(-6) ?? 0) ^ 1, flipped.length - 6);
  const flags = Buffer.from(good);
  flags.writeUInt8(0xe0, 3);
  const table: readonly (readonly [RegExp, Buffer])[] = [
    [/not a gzip file/, Buffer.alloc(0)],
    [/not a gzip file/, tar(sound)],
    [/truncated/, good.subarray(0, 10)],
    [/truncated/, good.subarray(0, 60)],
    [/truncated/, good.subarray(0, -1)],
    [/gzip checksum/, flipped],
    [/unknown flags/, flags],
    [/tar data is truncated/, gzipSync(tarEntry({ path: 'abc-1.0.0/x', size: '00000007777\0' }))],
    [/wrong checksum/, gzipSync(tar([{ ...lib, checksum: 1 }]))],
    [/unreadable size/, gzipSync(tar([{ ...lib, size: '\u0080'.padEnd(11, '\0') }]))],
    [/unreadable size/, gzipSync(tar([{ ...lib, size: '-0000000001\0' }]))],
    [/unreadable size/, gzipSync(tar([{ ...lib, size: '9\0' }]))],
    [/two sizes/, crate([{ path: 'p', type: 'x', content: pax({ size: '512' }) }, lib])],
    [/malformed pax/, crate([{ path: 'p', type: 'x', content: '99 path=x\n' }, lib])],
    [/malformed pax/, crate([{ path: 'p', type: 'x', content: '0 path=x\n' }, lib])],
    [/malformed pax/, crate([{ path: 'p', type: 'x', content: 'x' }, lib])],
    [/oversized/, crate([{ path: 'L', type: 'L', content: 'x'.repeat(100_000) }, lib])],
    [/sparse file/, crate([{ path: 'abc-1.0.0/x', type: 'S' }])],
  ];
  for (const [reason, bytes] of table) {
    assert.throws(() => readCrateArchive(bytes), { code: 'cargo/archive', message: reason });
  }
});

test('limits hold', () => {
  const zeros: Entry = { path: 'abc-1.0.0/zeros', content: Buffer.alloc(1_000_000) };
  assert.throws(
    () => readCrateArchive(crate([zeros]), { maxUnpackedSize: 100_000 }),
    /more than 100000 bytes/,
  );
  assert.throws(() => readCrateArchive(crate(sound), { maxFiles: 1 }), /more than 1 files/);
  assert.match(problemsOf([...sound, zeros], { ratioFloor: 500_000 }).join(), /200 times/);
  assert.deepEqual(problemsOf([...sound, zeros]), []);
  assert.match(
    problemsOf([...sound, { path: `abc-1.0.0${'/d'.repeat(20)}` }], { maxDepth: 20 }).join(),
    /deeper than 20/,
  );
  assert.match(problemsOf(sound, { maxPathBytes: 19 }).join(), /longer than 19/);
  const many = Array.from({ length: 1000 }, (_, i): Entry => ({ path: `/x${i}` }));
  const problems = problemsOf([...sound, ...many]);
  assert.deepEqual([problems.length, problems.at(-1)], [51, 'it has 950 more problems.']);
});

test('no bytes make it throw anything but CargoError', () => {
  const base = tar([
    ...sound,
    { path: 'p', type: 'x', magic: ustar, content: pax({ path: 'abc-1.0.0/x' }) },
    { path: 'x' },
  ]);
  const patches = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 8 });
  const mutated = patches.map((list) => {
    const bytes = Buffer.from(base);
    for (const [at, value] of list) bytes[at] = value;
    return gzipSync(bytes, { level: 1 });
  });
  const broken = fc.tuple(fc.nat(400), fc.nat(255)).map(([at, value]) => {
    const bytes = Buffer.from(crate(sound));
    bytes[at % bytes.length] = value;
    return bytes;
  });
  const blocks = fc.uint8Array({ maxLength: 1200 });
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        broken,
        blocks,
        blocks.map((bytes) => gzipSync(bytes)),
      ),
      (bytes) => {
        try {
          const { files } = readCrateArchive(bytes);
          for (const { path } of files) assert.doesNotMatch(path, /^\/|(^|\/)\.\.?(\/|$)|\\|\0/);
        } catch (error) {
          assert.equal((error as Error).name, 'CargoError', String(error));
        }
      },
    ),
    { numRuns: 3000 },
  );
});
