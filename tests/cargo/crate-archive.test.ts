import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type ArchiveLimits,
  freeArchive,
  manifestOf,
  readCrateArchive,
} from '../../src/cargo/crate-archive.ts';
import { crate, type Entry, gnu, lib, manifest, pax, sound, ustar } from './tar-maker.ts';

const long = `abc-1.0.0/${'d'.repeat(60)}/${'e'.repeat(60)}.rs`;

const problemsOf = (entries: readonly Entry[], limits?: Partial<ArchiveLimits>) =>
  readCrateArchive(crate(entries), limits).problems;

test('reads a sound archive', () => {
  const archive = readCrateArchive(crate([{ path: 'abc-1.0.0/src/', type: '5' }, ...sound]));
  assert.deepEqual([archive.problems, archive.root], [[], 'abc-1.0.0']);
  assert.deepEqual(
    archive.files.map(({ path, size, mode, bytes }) => [path, size, mode, Buffer.from(bytes).toString()]),
    [
      ['Cargo.toml', manifest.content?.length, 0o644, manifest.content],
      ['src/lib.rs', 14, 0o755, 'pub fn f() {}\n'],
    ],
  );
  assert.equal(archive.unpackedSize, 14 + (manifest.content?.length ?? 0));
  const { name, version, links } = manifestOf(archive) ?? {};
  assert.deepEqual([name, version, links], ['abc', '1.0.0', 'z']);
});

test('gives back the memory of one archive, and of no other', () => {
  const [freed, kept] = [readCrateArchive(crate(sound)), readCrateArchive(crate(sound))];
  freeArchive(freed);
  freeArchive({ files: [] });
  assert.deepEqual(
    freed.files.map(({ bytes }) => [bytes.length, bytes.buffer.byteLength]),
    sound.map(() => [0, 0]),
  );
  assert.deepEqual(
    kept.files.map(({ bytes }) => Buffer.from(bytes).toString()),
    sound.map(({ content }) => content),
  );
});

test('reads what cargo and other packers write', () => {
  const table: readonly (readonly [string, readonly Entry[], string])[] = [
    ['a GNU long name', [{ path: '././@LongLink', type: 'L', content: `${long}\0` }, { path: 'x' }], long],
    [
      'a pax path',
      [{ path: 'p', type: 'x', magic: ustar, content: pax({ path: long, mtime: '1.5' }) }, { path: 'x' }],
      long,
    ],
    ['a ustar prefix', [{ path: 'f.rs', prefix: 'abc-1.0.0/sub', magic: ustar }], 'abc-1.0.0/sub/f.rs'],
    ['an old header', [{ path: 'abc-1.0.0/f.rs', magic: '', type: '\0' }], 'abc-1.0.0/f.rs'],
    [
      'a pax size that agrees',
      [
        { path: 'p', type: 'x', magic: ustar, content: pax({ size: '2' }) },
        { path: 'abc-1.0.0/f', content: 'ab' },
      ],
      'abc-1.0.0/f',
    ],
    ['a space in a name', [{ path: 'abc-1.0.0/a b é.rs' }], 'abc-1.0.0/a b é.rs'],
    [
      'a GNU header with times where ustar has a prefix',
      [{ path: 'abc-1.0.0/f', prefix: '00000000000', magic: gnu }],
      'abc-1.0.0/f',
    ],
  ];
  for (const [what, entries, path] of table) {
    const archive = readCrateArchive(crate([...sound, ...entries]));
    assert.deepEqual(
      [archive.problems, archive.files.at(-1)?.path],
      [[], path.slice('abc-1.0.0/'.length)],
      what,
    );
  }
});

test('reports what must not be unpacked', () => {
  const under = (path: string, entry: Partial<Entry> = {}): Entry => ({
    path: `abc-1.0.0/${path}`,
    ...entry,
  });
  const named = (path: string): readonly Entry[] => [{ path: 'L', type: 'L', content: path }, { path: 'x' }];
  const mtime: Entry = { path: 'p', type: 'x', magic: ustar, content: pax({ mtime: '1' }) };
  const table: readonly (readonly [RegExp, readonly Entry[]])[] = [
    [/absolute path/, [{ path: '/etc/passwd' }]],
    [/absolute path/, [{ path: 'C:/x' }]],
    [/has `\.\.`/, [under('../x')]],
    [/has `\.\.`/, [under('a/..')]],
    [/empty or `\.` part/, [under('./x')]],
    [/empty or `\.` part/, [under('a//x')]],
    [/empty or `\.` part/, [{ path: './abc-1.0.0/x' }]],
    [/empty or `\.` part/, [under('a//', { type: '5' })]],
    [/backslash/, [under('a\\b')]],
    [/has a NUL/, named('abc-1.0.0/x\0.rs\0')],
    [
      /has a NUL/,
      [{ path: 'p', type: 'x', magic: ustar, content: pax({ path: 'abc-1.0.0/x\0y' }) }, { path: 'x' }],
    ],
    [/control character/, [under('a\u001b[2Jb')]],
    [/is empty/, [{ path: '' }]],
    [/not under/, [{ path: 'other-1.0.0/x' }]],
    [/not under/, [{ path: 'abc-1.0.0x/x' }]],
    [/where the top folder belongs/, [{ path: 'abc-1.0.0' }]],
    [/a hard link/, [under('x', { type: '1', link: 'abc-1.0.0/Cargo.toml' })]],
    [/a symbolic link/, [under('x', { type: '2', link: '/etc' })]],
    [/a character device/, [under('x', { type: '3' })]],
    [/a block device/, [under('x', { type: '4' })]],
    [/a fifo/, [under('x', { type: '6' })]],
    [/a contiguous file/, [under('x', { type: '7' })]],
    [
      /a global pax header/,
      [{ path: 'pax_global_header', type: 'g', magic: ustar, content: pax({ comment: 'x' }) }],
    ],
    [/a long link name/, [{ path: 'L', type: 'K', content: 'x' }]],
    [/unknown type/, [under('x', { type: 'Z' })]],
    [/there twice/, [under('src/lib.rs')]],
    [/one file on some file systems/, [under('SRC/Lib.rs')]],
    [/one file on some file systems/, [under('src/lib.rs.')]],
    [/one file on some file systems/, [under('src/lib.rs::$DATA')]],
    [/one file on some file systems/, [under('e\u0301.rs'), under('\u00e9.rs')]],
    [/both a file and a folder/, [under('src')]],
    [/both a file and a folder/, [under('src/lib.rs/x')]],
    [/both a file and a folder/, [under('src/lib.rs/', { type: '5' })]],
    [/a folder's name/, [under('x/', { magic: '' })]],
    [/no file, but has content/, [under('x/', { type: '5', content: 'hidden' })]],
    [
      /not UTF-8/,
      [{ path: 'L', type: 'L', content: Buffer.from('abc-1.0.0/\xff', 'latin1') }, { path: 'x' }],
    ],
    [/two long names/, [{ path: 'L', type: 'L', content: 'abc-1.0.0/x' }, ...named('abc-1.0.0/y')]],
    [/two pax headers/, [mtime, mtime, under('x')]],
    [
      /named in two ways/,
      [{ path: 'p', type: 'x', content: pax({ path: 'abc-1.0.0/x' }) }, ...named('abc-1.0.0/y')],
    ],
    [
      /`path` twice/,
      [
        { path: 'p', type: 'x', content: pax({ path: 'abc-1.0.0/x' }) + pax({ path: 'abc-1.0.0/y' }) },
        { path: 'x' },
      ],
    ],
    [
      /sets `GNU\.sparse\.name`/,
      [{ path: 'p', type: 'x', content: pax({ 'GNU.sparse.name': 'y' }) }, under('x')],
    ],
    [/sets `linkpath`/, [{ path: 'p', type: 'x', content: pax({ linkpath: 'y' }) }, under('x')]],
    [/no known tar format/, [under('x', { magic: 'ustar\0  ' })]],
    [
      /extension in an old tar header/,
      [{ path: 'L', type: 'L', magic: '', content: 'abc-1.0.0/x' }, { path: 'x' }],
    ],
    [/a long name of nothing/, [{ path: 'L', type: 'L', content: 'abc-1.0.0/x' }]],
  ];
  for (const [reason, entries] of table) {
    const problems = problemsOf([...sound, ...entries]);
    assert.ok(
      problems.some((problem) => reason.test(problem)),
      `${reason}: ${JSON.stringify([entries, problems])}`,
    );
    for (const problem of problems) assert.match(problem, /^it[ s][^\p{Cc}]*\.$/u);
  }
});

test('the top folder is the release', () => {
  const of = (folder: string, name: string, version: string) =>
    problemsOf([
      { path: `${folder}/Cargo.toml`, content: `[package]\nname = "${name}"\nversion = "${version}"\n` },
    ]);
  assert.deepEqual(of('a-b-1-1.0.0-rc.1+x-y', 'a-b-1', '1.0.0-rc.1+x-y'), []);
  assert.deepEqual(of('a-1.0.0', 'a', ' 1.0.0 '), []);
  assert.match(of('a-1.0.0', 'a', '1.0.1').join(), /manifest says/);
  assert.match(of('a-1.0.0', 'b', '1.0.0').join(), /manifest says/);
  assert.match(of('src', 'a', '1.0.0').join(), /not named after a release/);
  assert.match(problemsOf([]).join(), /no files/);
});

test('a manifest that says nothing is undefined', () => {
  const of = (content: string | Uint8Array) =>
    manifestOf(readCrateArchive(crate([{ path: 'a-1.0.0/Cargo.toml', content }])))?.version;
  assert.equal(of('[project]\nname = "a"\nversion = "1.0.0"\n'), '1.0.0');
  for (const content of [
    '',
    'x',
    '[package]\nname = 1\nversion = "1.0.0"',
    'package = 1',
    `a = ${'['.repeat(9999)}`,
    Buffer.from([0xff]),
  ]) {
    assert.equal(of(content), undefined);
  }
  assert.equal(manifestOf(readCrateArchive(crate([lib]))), undefined);
});

test('what was packed is what is read', () => {
  const name = fc
    .string({ unit: fc.constantFrom(...'abz09_.é'), minLength: 1, maxLength: 60 })
    .filter((s) => !/^\.|\.$/.test(s));
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const files = fc.uniqueArray(fc.record({ path, content: fc.uint8Array({ maxLength: 1500 }) }), {
    selector: (f) => f.path,
    maxLength: 6,
  });
  fc.assert(
    fc.property(files, (list) => {
      const entries = list.flatMap(({ path: below, content }): Entry[] => {
        const full = `abc-1.0.0/${below}`;
        return [
          { path: 'L', type: 'L', content: `${full}\0` },
          { path: full, content },
        ];
      });
      const read = readCrateArchive(crate([manifest, ...entries])).files.slice(1);
      assert.deepEqual(
        read.map(({ path: below, bytes }) => [below, Buffer.from(bytes).toString('hex')]),
        list.map(({ path: below, content }) => [below, Buffer.from(content).toString('hex')]),
      );
    }),
  );
});
