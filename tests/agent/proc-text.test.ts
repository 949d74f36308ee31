import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeIn, readStat, stateOf, unmarked } from '../../src/agent/proc-text.ts';

const after = '1 2 3 4 5 FLAGS 7 8 9 10 11 12 13 14 15 16 17 18 123456 20 21';
const stat = (command: string, state = 'S', flags = 4194560) =>
  `42 (${command}) ${state} ${after.replace('FLAGS', String(flags))}`;

for (const [what, line, expected] of [
  ['a program', stat('sleep'), { started: 123456, runs: true }],
  ['brackets in its name', stat('a) S 1 (b'), { started: 123456, runs: true }],
  ['a thread of the kernel', stat('kworker/0:1', 'I', 69238880), { started: 123456, runs: false }],
  ['what ended and was not waited for', stat('sh', 'Z'), { started: 123456, runs: false }],
  ['a line that is cut off', '42 (cut off) S 1', undefined],
  ['nothing', '', undefined],
] as const)
  it(`stat with ${what}`, () => {
    assert.deepEqual(readStat(line), expected);
  });

it('code is what is mapped from files with the right to be run, each once, spaces and all', () => {
  const maps = [
    '55d0c0000000-55d0c0004000 r--p 00000000 fe:01 100   /usr/bin/app',
    '55d0c0004000-55d0c0008000 r-xp 00004000 fe:01 100   /usr/bin/app',
    '7f0000000000-7f0000001000 r-xp 00000000 fe:01 101   /opt/my libs/libz.so.1 (deleted)',
    '7f0000001000-7f0000002000 r-xp 00001000 fe:01 101   /opt/my libs/libz.so.1 (deleted)',
    '7f0000001800-7f0000001900 r-xp 00001000 fe:01 109   /opt/my libs/libz.so.1 (deleted)',
    '7f0000002000-7f0000003000 rw-p 00000000 00:00 0',
    '7f0000003000-7f0000004000 r-xp 00000000 00:01 9     /memfd:jit (deleted)',
    '7f0000004000-7f0000005000 r--s 00000000 fe:01 103   /usr/lib/locale/locale-archive',
    '7ffd00000000-7ffd00001000 r-xp 00000000 00:00 0     [vdso]',
    '7f0000005000-7f0000006000 r-xp 00000000 fe:01 104   /tmp/a\\012b',
    'broken',
  ];
  assert.deepEqual(
    codeIn(Buffer.from(maps.join('\n'))).map(({ path, file, range }) => `${path} ${file} ${range.slice(-4)}`),
    [
      '/usr/bin/app fe:01:100 8000',
      '/opt/my libs/libz.so.1 (deleted) fe:01:101 1000',
      // Another file of that name, which was removed as well.
      '/opt/my libs/libz.so.1 (deleted) fe:01:109 1900',
      '/memfd:jit (deleted) 00:01:9 4000',
      '/tmp/a\nb fe:01:104 6000',
    ],
  );
});

for (const [path, isThere, state] of [
  ['/usr/lib/libssl.so.3', true, 'replaced'],
  ['/usr/lib/libz.so.1.2.13', false, 'deleted'],
  ['/memfd:jit', false, 'unpackaged'],
  ['/tmp/libzstd-jni-1.so', false, 'unpackaged'],
  ['/dev/shm/x', false, 'unpackaged'],
] as const)
  it(`an unlinked ${path} is ${state}`, () => {
    assert.equal(stateOf(path, isThere), state);
  });

it('the kernel’s mark is taken off once', () => {
  assert.deepEqual(unmarked('/a (deleted)'), { path: '/a', isMarked: true });
  assert.deepEqual(unmarked('/a (deleted) (deleted)'), { path: '/a (deleted)', isMarked: true });
  assert.deepEqual(unmarked('/a'), { path: '/a', isMarked: false });
});
