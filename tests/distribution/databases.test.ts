/** What databases of packages say of who owns a file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { purlText } from '../../src/bom/purl.ts';
import { readApkInstalled } from '../../src/distribution/apk.ts';
import { readDpkgStatus } from '../../src/distribution/dpkg.ts';
import { mergedNames } from '../../src/distribution/merged-usr.ts';
import { readOsRelease } from '../../src/distribution/os-release.ts';
import { type SystemPackage, softwareVersion, systemPurl } from '../../src/distribution/package.ts';

const status = `Package: libssl3
Status: install ok installed
Multi-Arch: same
Architecture: amd64
Source: openssl
Version: 3.0.19-1~deb12u2
Description: Secure Sockets Layer toolkit
 shared libraries
Conffiles:
 /etc/x 0

Package: libgcc-s1
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: gcc-12 (12.2.0-14+deb12u1)
Version: 12.2.0-14+deb12u1+b1

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: mawk
Status: install ok unpacked
Architecture: amd64
Version: 1.3.4.20200120-3.1
`;

describe('dpkg', () => {
  it('names what is installed as its lists of files are named, with the source package', () => {
    const packages = readDpkgStatus(status);
    assert.deepEqual([...packages.keys()], ['libssl3:amd64', 'libgcc-s1:amd64', 'mawk']);
    assert.deepEqual(packages.get('libssl3:amd64'), {
      kind: 'deb',
      name: 'libssl3',
      version: '3.0.19-1~deb12u2',
      architecture: 'amd64',
      source: { name: 'openssl', version: '3.0.19-1~deb12u2' },
    });
    assert.deepEqual(packages.get('libgcc-s1:amd64')?.source, {
      name: 'gcc-12',
      version: '12.2.0-14+deb12u1',
    });
    assert.deepEqual(packages.get('mawk')?.source, { name: 'mawk', version: '1.3.4.20200120-3.1' });
  });

  it('reads a stanza without a status, as images without dpkg keep them', () => {
    const text = 'Package: base-files\nArchitecture: arm64\nVersion: 12.4\n';
    assert.equal(readDpkgStatus(text).get('base-files')?.version, '12.4');
  });

  const none = existsSync('/var/lib/dpkg/status') ? false : 'this machine has no dpkg';
  it('says of every package of this machine what dpkg-query says', { skip: none }, () => {
    const format = ['binary:Package', 'Version', 'Architecture', 'source:Package', 'source:Version'];
    const asked = spawnSync(
      'dpkg-query',
      ['-W', `-f=\${db:Status-Status} ${format.map((one) => `\${${one}}`).join(' ')}\\n`],
      {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    const expected = asked.stdout.split('\n').filter((line) => line.startsWith('installed '));
    const read = readDpkgStatus(readFileSync('/var/lib/dpkg/status', 'utf8'));
    const said = [...read].map(([key, { version, architecture, source }]) =>
      ['installed', key, version, architecture, source.name, source.version].join(' '),
    );
    assert.ok(expected.length > 0);
    assert.deepEqual(said.toSorted(), expected.toSorted());
  });
});

describe('apk', () => {
  it('names packages with their files and what they were built from', () => {
    const text =
      'C:Q1x=\nP:libssl3\nV:3.3.2-r4\nA:x86_64\no:openssl\nF:usr\nF:usr/lib\nR:libssl.so.3\na:0:0:755\nZ:Q1y=\n\nP:musl\nV:1.2.5-r8\nA:x86_64\nF:lib\nR:ld-musl-x86_64.so.1\n\n';
    const [ssl, musl] = readApkInstalled(text);
    assert.deepEqual(ssl?.files, ['/usr/lib/libssl.so.3']);
    assert.deepEqual(ssl?.package.source, { name: 'openssl', version: '3.3.2-r4' });
    assert.deepEqual(musl?.files, ['/lib/ld-musl-x86_64.so.1']);
    assert.equal(musl?.package.source.name, 'musl');
  });
});

describe('names of a file, a package and a distribution', () => {
  it('knows both names of a merged /usr', () => {
    assert.deepEqual(mergedNames('/usr/lib/x86_64-linux-gnu/libz.so.1'), [
      '/usr/lib/x86_64-linux-gnu/libz.so.1',
      '/lib/x86_64-linux-gnu/libz.so.1',
    ]);
    assert.deepEqual(mergedNames('/lib64/ld.so'), ['/lib64/ld.so', '/usr/lib64/ld.so']);
    assert.deepEqual(mergedNames('/opt/lib/x.so'), ['/opt/lib/x.so']);
    assert.deepEqual(mergedNames('/usr/share/x'), ['/usr/share/x']);
  });

  it('reads os-release with and without quotes', () => {
    assert.deepEqual(readOsRelease('NAME="Debian"\nVERSION_ID="12"\nID=debian\n'), {
      id: 'debian',
      version: '12',
    });
    assert.deepEqual(readOsRelease("ID='arch'\n"), { id: 'arch', version: undefined });
    assert.equal(readOsRelease('NAME=x\n'), undefined);
  });

  const debian = (name: string, version: string, source: SystemPackage['source']): SystemPackage => ({
    kind: 'deb',
    name,
    version,
    architecture: 'amd64',
    source,
  });

  it('writes purls with the source package where it has another name or version', () => {
    const twelve = { id: 'debian', version: '12' };
    const ssl = debian('libssl3', '3.0.19-1~deb12u2', { name: 'openssl', version: '3.0.19-1~deb12u2' });
    assert.equal(
      purlText(systemPurl(ssl, twelve)),
      'pkg:deb/debian/libssl3@3.0.19-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl',
    );
    const zlib = debian('zlib1g', '1:1.2.13.dfsg-1', { name: 'zlib', version: '1:1.2.13.dfsg-1' });
    assert.match(purlText(systemPurl(zlib, twelve)), /@1:1\.2\.13\.dfsg-1\?/);
    const gcc = debian('libgcc-s1', '12.2.0-14+b1', { name: 'gcc-12', version: '12.2.0-14' });
    assert.match(
      purlText(systemPurl(gcc, { id: 'sid', version: undefined })),
      /distro=sid&upstream=gcc-12%4012\.2\.0-14$/,
    );
    const own = debian('mawk', '1.3', { name: 'mawk', version: '1.3' });
    assert.equal(purlText(systemPurl(own, twelve)), 'pkg:deb/debian/mawk@1.3?arch=amd64&distro=debian-12');
  });

  it('takes the software’s own version out of a distribution’s', () => {
    const table: readonly (readonly [SystemPackage['kind'], string, string])[] = [
      ['deb', '3.0.19-1~deb12u2', '3.0.19'],
      ['deb', '1:1.2.13.dfsg-1', '1.2.13'],
      ['deb', '2.12.1+dfsg-5+deb12u4', '2.12.1'],
      ['deb', '7.88.1-10+deb12u14', '7.88.1'],
      ['deb', '2024.05', '2024.05'],
      ['apk', '3.3.2-r4', '3.3.2'],
    ];
    for (const [kind, version, expected] of table)
      assert.equal(softwareVersion({ kind, version }), expected, version);
  });
});
