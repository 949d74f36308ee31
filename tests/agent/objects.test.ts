/** What processes have loaded, and whose it is: processes that live in roots of their own, against the kernel itself. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Scanner } from '../../src/agent/scan.ts';
import { makeRoot, mapIn, rootless, rpmDatabase } from '../support/roots.ts';

const elf = (text: string) => `not really: ${text}\n${'.'.repeat(4096)}`;
const debian = 'ID=debian\nVERSION_ID="12"\n';
const stanza = (name: string, version: string, source: string) =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: ${source}\nVersion: ${version}\n`;

/** What a process in a root has mapped, in short. */
async function seenIn(
  t: TestContext,
  root: string,
  files: readonly string[],
  scanner = new Scanner('/proc'),
) {
  const { pid } = await mapIn(t, root, files);
  return { pid, look: () => lookAt(scanner, pid) };
}

function lookAt(scanner: Scanner, pid: number): readonly string[] {
  const found = scanner.look().processes.find((one) => one.pid === pid);
  return (found?.loaded ?? [])
    .filter(({ class: kind }) => kind !== 'program')
    .map(
      ({ path, state, class: kind, package: of, by, why }) =>
        `${path} ${state} ${kind}: ${of ?? why}${of === undefined ? '' : ` (${by})`}`,
    );
}

const openssl = 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl';

describe('what a process has loaded', { skip: rootless }, () => {
  it('is from the packages of its own root: dpkg, under both names of a merged /usr', async (t) => {
    const root = makeRoot(t, {
      'etc/os-release': debian,
      'usr/lib/x86_64-linux-gnu/libssl.so.3': elf('ssl'),
      'usr/lib/x86_64-linux-gnu/libc.so.6': elf('c'),
      'usr/bin/tool': elf('tool'),
      'usr/bin/tool.real': elf('diverted'),
      'opt/app/libpq.so.5': elf('pq'),
      'var/lib/dpkg/status': `${stanza('libssl3', '3.0.11-1~deb12u2', 'openssl')}\n${stanza('libc6', '2.36-9', 'glibc (2.36-8)')}\n${stanza('one', '1', 'one')}\n${stanza('two', '2', 'two')}`,
      'var/lib/dpkg/info/libssl3:amd64.list': '/.\n/usr\n/usr/lib/x86_64-linux-gnu/libssl.so.3\n',
      'var/lib/dpkg/info/libc6:amd64.list': '/.\n/lib/x86_64-linux-gnu/libc.so.6\n',
      'var/lib/dpkg/info/one:amd64.list': '/usr/bin/tool\n',
      'var/lib/dpkg/info/two:amd64.list': '/usr/bin/tool\n',
      'var/lib/dpkg/diversions': '/usr/bin/tool\n/usr/bin/tool.real\ntwo\n',
    });
    const paths = [
      '/usr/lib/x86_64-linux-gnu/libssl.so.3',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
      '/usr/bin/tool',
      '/usr/bin/tool.real',
      '/opt/app/libpq.so.5',
    ];
    const { look } = await seenIn(t, root, paths);
    assert.deepEqual(
      new Set(look()),
      new Set([
        `${paths[0]} present tls: ${openssl} (database)`,
        `${paths[1]} present other: pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc%402.36-8 (database)`,
        `${paths[2]} present other: pkg:deb/debian/two@2?arch=amd64&distro=debian-12 (database)`,
        `${paths[3]} present other: pkg:deb/debian/one@1?arch=amd64&distro=debian-12 (database)`,
        `${paths[4]} present database: no package of its root owns it`,
      ]),
    );
  });

  it('is so in images without dpkg, of Alpine and of rpm’s SQLite, also while that is written to', async (t) => {
    const distroless = makeRoot(t, {
      'usr/lib/os-release': debian,
      'usr/lib/x86_64-linux-gnu/libssl.so.3': elf('ssl'),
      'var/lib/dpkg/status.d/libssl3': stanza('libssl3', '3.0.11-1~deb12u2', 'openssl').replace(
        /Status.*\n/,
        '',
      ),
      'var/lib/dpkg/status.d/libssl3.md5sums': `${'0'.repeat(32)}  usr/lib/x86_64-linux-gnu/libssl.so.3\n`,
    });
    const alpine = makeRoot(t, {
      'etc/os-release': 'ID=alpine\nVERSION_ID=3.20.1\n',
      'lib/libcrypto.so.3': elf('crypto'),
      'usr/lib/libpython3.12.so.1.0': elf('python'),
      'lib/apk/db/installed':
        'C:Q1\nP:libcrypto3\nV:3.3.1-r0\nA:x86_64\no:openssl\nF:lib\nR:libcrypto.so.3\n\nP:python3\nV:3.12.3-r1\nA:x86_64\nF:usr/lib\nR:libpython3.12.so.1.0\n',
    });
    const rocky = makeRoot(t, {
      'etc/os-release': 'ID="rocky"\nVERSION_ID="9.3"\n',
      'usr/lib64/libssl.so.3': elf('ssl'),
      'usr/lib64/other/libssl.so.3': elf('other'),
    });
    rpmDatabase(join(rocky, 'var/lib/rpm/rpmdb.sqlite')).close();
    const busy = makeRoot(t, {
      'etc/os-release': 'ID=fedora\nVERSION_ID=40\n',
      'usr/lib64/libssl.so.3': elf('ssl'),
    });
    // It stays open: all of it is in the write-ahead log.
    const open = rpmDatabase(join(busy, 'usr/lib/sysimage/rpm/rpmdb.sqlite'), { wal: true });
    t.after(() => open.close());
    for (const [root, paths, expected] of [
      [distroless, ['/usr/lib/x86_64-linux-gnu/libssl.so.3'], [`tls: ${openssl} (database)`]],
      [
        alpine,
        ['/usr/lib/libpython3.12.so.1.0', '/lib/libcrypto.so.3'],
        [
          'interpreter: pkg:apk/alpine/python3@3.12.3-r1?arch=x86_64&distro=alpine-3.20.1 (database)',
          'tls: pkg:apk/alpine/libcrypto3@3.3.1-r0?arch=x86_64&distro=alpine-3.20.1&upstream=openssl (database)',
        ],
      ],
      [
        rocky,
        ['/usr/lib64/libssl.so.3', '/usr/lib64/other/libssl.so.3'],
        [
          'tls: pkg:rpm/rocky/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rocky-9.3&epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm (database)',
          'tls: no package of its root owns it',
        ],
      ],
      [
        busy,
        ['/usr/lib64/libssl.so.3'],
        [
          'tls: pkg:rpm/fedora/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=fedora-40&epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm (database)',
        ],
      ],
    ] as const) {
      const { look } = await seenIn(t, root, paths);
      assert.deepEqual(new Set(look()), new Set(paths.map((path, i) => `${path} present ${expected[i]}`)));
    }
  });

  it('keeps the old version when it is replaced or removed, until the process is gone', async (t) => {
    const lib = '/usr/lib/x86_64-linux-gnu/libssl.so.3';
    const root = makeRoot(t, {
      'etc/os-release': debian,
      [lib]: elf('old'),
      'tmp/unpacked.so': elf('unpacked'),
      'var/lib/dpkg/status': stanza('libssl3', '3.0.11-1~deb12u2', 'openssl'),
      'var/lib/dpkg/info/libssl3:amd64.list': `${lib}\n`,
    });
    const scanner = new Scanner('/proc');
    const { pid, look } = await seenIn(t, root, [lib, '/tmp/unpacked.so'], scanner);
    rmSync(join(root, 'tmp/unpacked.so'));
    const unpacked = '/tmp/unpacked.so unpackaged other: the program unpacked it itself';
    assert.deepEqual(new Set(look()), new Set([`${lib} present tls: ${openssl} (database)`, unpacked]));
    writeFileSync(join(root, 'new'), elf('new'));
    renameSync(join(root, 'new'), join(root, lib));
    writeFileSync(join(root, 'var/lib/dpkg/status'), stanza('libssl3', '3.0.15-1~deb12u1', 'openssl'));
    const old = `${lib} replaced tls: ${openssl} (earlier)`;
    for (let i = 0; i < 3; i++) assert.deepEqual(new Set(look()), new Set([old, unpacked]));
    // Who starts now has the new one.
    const second = await mapIn(t, root, [lib]);
    const upgraded = openssl.replace('3.0.11-1~deb12u2', '3.0.15-1~deb12u1');
    assert.deepEqual(lookAt(scanner, second.pid), [`${lib} present tls: ${upgraded} (database)`]);
    rmSync(join(root, lib));
    assert.deepEqual(lookAt(scanner, second.pid), [`${lib} deleted tls: ${upgraded} (earlier)`]);
    // Who was not there before does not know, and does not guess by the database; what an earlier run knew of the build helps.
    const unknown = `${lib} deleted tls: it is not on disk any more, and was not seen before`;
    assert.deepEqual(new Set(lookAt(new Scanner('/proc'), pid)), new Set([unknown, unpacked]));
    const knowing = new Scanner('/proc', scanner.objects.builds);
    assert.deepEqual(
      new Set(lookAt(knowing, pid)),
      new Set([`${lib} deleted tls: ${openssl} (earlier)`, unpacked]),
    );
  });

  it('is bounded on a machine that wants the agent to hang, and never leaves the root', async (t) => {
    const root = makeRoot(t, {
      'lib/libssl.so.3': elf('ssl'),
      'lib/huge.so': elf('huge'),
      'etc/real-release': debian,
      'var/lib/dpkg/info/x.list': '/lib/huge.so\n',
    });
    truncateSync(join(root, 'lib/huge.so'), 5 * 1024 ** 3);
    // Links that go round, lead up and out, a pipe and a folder for a file.
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('/../../../../etc/real-release', join(root, 'etc/os-release'));
    execFileSync('mkfifo', [join(root, 'var/lib/dpkg/status')]);
    mkdirSync(join(root, 'lib/apk/db/installed'), { recursive: true });
    mkdirSync(join(root, 'var/lib/rpm'), { recursive: true });
    symlinkSync('/loop', join(root, 'var/lib/rpm/rpmdb.sqlite'));
    const { look } = await seenIn(t, root, ['/lib/libssl.so.3', '/lib/huge.so']);
    assert.deepEqual(
      look().map((text) => text.replace(/ \(.*/, '')),
      [
        '/lib/huge.so present other: no package of its root owns it',
        '/lib/libssl.so.3 present tls: no package of its root owns it',
      ],
    );
    rmSync(join(root, 'var/lib/rpm/rpmdb.sqlite'));
    rpmDatabase(join(root, 'var/lib/rpm/rpmdb.sqlite')).exec(
      "drop table Basenames; create view Basenames as with recursive r(n) as (select 1 union all select n + 1 from r) select 'libssl.so.3' as key, n as hnum, 0 as idx from r",
    );
    assert.match(
      look()[1] ?? '',
      /no package is known to own it \(\/var\/lib\/rpm\/rpmdb\.sqlite: it has no table Basenames as rpm makes it\)/,
    );
  });
});
