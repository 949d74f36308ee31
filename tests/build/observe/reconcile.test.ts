import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reconcile } from '../../../src/build/observe/reconcile.ts';
import type { ObservedAct } from '../../../src/build/record/act.ts';

const place = {
  manifestDir: '/src/a',
  env: new Map([
    ['RUSTC', '/opt/rust/bin/rustc'],
    ['TMPDIR', '/var/tmp'],
  ]),
};
const exec = (program: string, below?: string): ObservedAct => ({
  kind: 'exec',
  program,
  argv: [program],
  ...(below === undefined ? {} : { below }),
});
const write = (path: string, below?: string): ObservedAct => ({
  kind: 'write',
  path,
  how: 'written',
  ...(below === undefined ? {} : { below }),
});
const connect: ObservedAct = { kind: 'connect', address: { family: 'ip', address: '192.0.2.1:443' } };

describe('reconcile', () => {
  const table: readonly (readonly [
    why: string,
    act: ObservedAct,
    shapes: readonly string[],
    named: string | undefined,
  ])[] = [
    ['a program by its name', exec('/usr/bin/make'), ['process make'], 'process make'],
    ['another program', exec('/usr/bin/curl'), ['process make'], undefined],
    ['a program that nobody named', exec('/usr/bin/curl'), ['process ?'], 'process ?'],
    ['a program by a variable', exec('/opt/rust/bin/rustc'), ['process $RUSTC'], 'process $RUSTC'],
    ['a variable that is not set', exec('/usr/bin/make'), ['process $MAKE'], undefined],
    ['a shell', exec('/bin/sh'), ['shell sh'], 'shell sh'],
    [
      'a compiler by the crate that calls it',
      exec('/usr/bin/x86_64-linux-gnu-gcc-12'),
      ['native-build cc'],
      'native-build cc',
    ],
    ['a downloader is no compiler', exec('/usr/bin/curl'), ['native-build cc'], undefined],
    ['pkg-config', exec('/usr/bin/pkg-config'), ['native-library openssl'], 'native-library openssl'],
    ['a connection', connect, ['network ?'], 'network ?'],
    ['a connection of a script without network', connect, ['process make'], undefined],
    [
      'the C library’s own',
      { kind: 'connect', address: { family: 'unix', address: '/var/run/nscd/socket' } },
      [],
      'of the C library',
    ],
    ['a write that was named', write('/etc/x'), ['writes /etc/x'], 'writes /etc/x'],
    ['a write elsewhere', write('/home/u/.cargo/config.toml'), ['writes /etc/x'], undefined],
    ['a write into the package', write('/src/a/src/x.rs'), ['writes-package ?'], 'writes-package ?'],
    ['a write into another package', write('/src/b/src/x.rs'), ['writes-package ?'], undefined],
    ['a temporary file', write('/var/tmp/x'), ['temp ?'], 'temp ?'],
  ];
  for (const [why, act, shapes, named] of table) {
    it(`knows ${why}`, () => assert.equal(reconcile([act], shapes, place).acts[0]?.named, named));
  }

  it('leaves to a named program what it does itself, and to nobody else', () => {
    const acts = [
      exec('/usr/bin/make'),
      exec('/usr/bin/cc', '/usr/bin/make'),
      write('/tmp/x.o', '/usr/bin/cc'),
      exec('/usr/bin/curl', '/bin/sh'),
    ];
    assert.deepEqual(
      reconcile(acts, ['process make'], place).acts.map(({ named }) => named),
      ['process make', 'run by make', 'run by cc', undefined],
    );
  });

  it('expects below a named program only what belongs to every build', () => {
    const acts: readonly ObservedAct[] = [
      exec('/bin/sh'),
      exec('/usr/bin/sed', '/bin/sh'),
      exec('/usr/bin/curl', '/bin/sh'),
      exec('/tmp/x/gcc', '/bin/sh'),
      exec('/src/a/native/gen', '/bin/sh'),
      write('/home/u/.bashrc', '/bin/sh'),
      write('/tmp/x', '/bin/sh'),
      write('/tmp/x.o', '/usr/bin/sed'),
      { ...connect, below: '/bin/sh' },
      { kind: 'hidden', what: 'io_uring', below: '/bin/sh' },
    ];
    const by = 'run by sh';
    assert.deepEqual(
      reconcile(acts, ['shell sh'], place).acts.map(({ named }) => named),
      ['shell sh', by, undefined, undefined, by, undefined, undefined, 'run by sed', undefined, undefined],
    );
    const named = reconcile(acts, ['shell sh', 'downloader curl', 'process curl'], place).acts;
    assert.equal(named[2]?.named, 'downloader curl');
  });

  const below: readonly (readonly [why: string, act: ObservedAct, isExpected: boolean])[] = [
    ['a part of git', exec('/usr/lib/git-core/git-submodule', '/usr/bin/git'), true],
    ['what fetches for git', exec('/usr/lib/git-core/git-remote-https', '/usr/bin/git'), false],
    [
      'a program that is called like a part of git',
      exec('/tmp/git-core/git-submodule', '/usr/bin/git'),
      false,
    ],
    ['a part of git below another program', exec('/usr/lib/git-core/git-submodule', '/usr/bin/make'), false],
    [
      'what chooses a version of Python',
      exec('/home/u/.pyenv/libexec/pyenv-version-name', '/usr/bin/bash'),
      true,
    ],
    ['another program of the home folder', exec('/home/u/.pyenv/versions/x/bin/y', '/usr/bin/bash'), false],
    ['cargo’s own lock', write('/home/u/.cargo/.package-cache', '/usr/bin/cargo'), true],
    ['cargo’s configuration', write('/home/u/.cargo/config.toml', '/usr/bin/cargo'), false],
    ['cargo’s lock by another program', write('/home/u/.cargo/.package-cache', '/usr/bin/make'), false],
    ['metadata of the compiler', write('/src/a/rmetaAb12Cd/full.rmeta', '/usr/bin/rustc'), true],
    ['another file of the compiler', write('/src/a/src/lib.rs', '/usr/bin/rustc'), false],
  ];
  for (const [why, act, isExpected] of below) {
    it(`${isExpected ? 'expects' : 'does not expect'} ${why}`, () => {
      const shapes = ['process git', 'process make', 'process cargo', 'process rustc', 'shell bash'];
      const acts = [exec(act.below ?? ''), act];
      assert.equal(reconcile(acts, shapes, place).acts[1]?.named !== undefined, isExpected);
    });
  }

  it('says what was not seen', () => {
    const { notSeen } = reconcile(
      [exec('/usr/bin/make')],
      ['process make', 'process cp', 'reads-variable A'],
      place,
    );
    assert.deepEqual(notSeen, ['process cp']);
  });
});
