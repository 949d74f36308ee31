/** Which packages of a distribution an advisory is about. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePurl } from '../../src/bom/purl.ts';
import { type AffectedVersions, matchPackage } from '../../src/distribution/advisory/advisory.ts';
import { readEcosystem } from '../../src/distribution/advisory/ecosystem.ts';
import { installedOf } from '../../src/distribution/installed.ts';

describe('the package that a purl names', () => {
  for (const [purl, expected] of [
    // As safeguard and syft write them…
    [
      'pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl',
      'deb libssl3 3.0.11-1 openssl 3.0.11-1 debian 12',
    ],
    [
      'pkg:deb/debian/libgcc-s1@12.2.0-14%2Bb1?distro=debian-12&upstream=gcc-12%4012.2.0-14',
      'deb libgcc-s1 12.2.0-14+b1 gcc-12 12.2.0-14 debian 12',
    ],
    [
      'pkg:deb/debian/zlib1g@1%3A1.2.13.dfsg-1?distro=debian-12',
      'deb zlib1g 1:1.2.13.dfsg-1 zlib1g 1:1.2.13.dfsg-1 debian 12',
    ],
    [
      'pkg:rpm/redhat/openssl-libs@3.0.7-27.el9?epoch=1&distro=rhel-9.4&upstream=openssl-3.0.7-27.el9.src.rpm',
      'rpm openssl-libs 1:3.0.7-27.el9 openssl 1:3.0.7-27.el9 rhel 9.4',
    ],
    [
      'pkg:rpm/opensuse/libz1@1.2.13-1?distro=opensuse-leap-15.5&upstream=zlib-1.2.13-1.nosrc.rpm',
      'rpm libz1 1.2.13-1 zlib 1.2.13-1 opensuse 15.5',
    ],
    [
      'pkg:apk/alpine/libssl3@3.3.1-r0?distro=alpine-3.20.1&upstream=openssl',
      'apk libssl3 3.3.1-r0 openssl 3.3.1-r0 alpine 3.20.1',
    ],
    [
      'pkg:apk/wolfi/libssl3@3.3.1-r0?distro=wolfi-20230201&upstream=openssl',
      'apk libssl3 3.3.1-r0 openssl 3.3.1-r0 wolfi 20230201',
    ],
    // …and as others do.
    ['pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie', 'deb curl 7.50.3-1 curl 7.50.3-1 debian 8'],
    ['pkg:deb/debian/curl@7.88?distro=bookworm', 'deb curl 7.88 curl 7.88 debian 12'],
    ['pkg:deb/ubuntu/curl@7.81?distro=ubuntu-jammy', 'deb curl 7.81 curl 7.81 ubuntu 22.04'],
    [
      'pkg:rpm/rocky-linux/openssl@1%3A3.0.7?distro=rocky-linux-9',
      'rpm openssl 1:3.0.7 openssl 1:3.0.7 rocky 9',
    ],
    ['pkg:rpm/alma/openssl@3.0.7', 'rpm openssl 3.0.7 openssl 3.0.7 almalinux -'],
    ['pkg:deb/debian/curl', 'deb curl - curl - debian -'],
    ['pkg:deb/debian/curl@8?distro=debian', 'deb curl 8 curl 8 debian -'],
    ['pkg:cargo/openssl@0.10.1', '-'],
    ['pkg:generic/openssl@3.0.13', '-'],
  ] as const)
    it(purl, () => {
      const found = installedOf(parsePurl(purl));
      const { kind, name, version = '-', source, distribution } = found ?? {};
      const said = [
        kind,
        name,
        version,
        source?.name,
        source?.version ?? '-',
        distribution?.id,
        distribution?.version ?? '-',
      ];
      assert.equal(found === undefined ? '-' : said.join(' '), expected);
    });
});

describe('an ecosystem', () => {
  for (const [text, expected] of [
    ['Debian:12', 'deb debian 12'],
    ['Debian', 'deb debian all'],
    ['Ubuntu:22.04:LTS', 'deb ubuntu 22.04'],
    ['Ubuntu:24.10', 'deb ubuntu 24.10'],
    ['Ubuntu:Pro:18.04:LTS', 'deb ubuntu 18.04'],
    ['Ubuntu:Pro:FIPS-updates:20.04:LTS', 'deb ubuntu 20.04'],
    ['Alpine:v3.20', 'apk alpine 3.20'],
    ['Wolfi', 'apk wolfi all'],
    ['Chainguard', 'apk chainguard all'],
    ['Rocky Linux:9', 'rpm rocky 9'],
    ['AlmaLinux:8', 'rpm almalinux 8'],
    ['Red Hat:enterprise_linux:9::baseos', 'rpm rhel 9'],
    ['Red Hat:rhel_eus:9.2::appstream', 'rpm rhel 9.2'],
    ['Red Hat:openshift:4.12::el8', 'rpm rhel unread'],
    ['SUSE:Linux Enterprise Server 15 SP5', 'rpm sles 15.5'],
    ['SUSE:Linux Enterprise Server 15 SP4-LTSS', 'rpm sles 15.4'],
    ['SUSE:Linux Enterprise Module for Basesystem 15 SP5', 'rpm sles 15.5'],
    ['SUSE:Linux Enterprise Micro 5.3', 'rpm sles 5.3'],
    ['openSUSE:Leap 15.5', 'rpm opensuse 15.5'],
    ['openSUSE:Tumbleweed', 'rpm opensuse unread'],
    ['openEuler:22.03-LTS-SP1', 'rpm openeuler 22.03'],
    ['Debian:sid', 'deb debian unread'],
    ['crates.io', '-'],
    ['PyPI', '-'],
    ['debian:12', '-'],
  ] as const)
    it(text, () => {
      const found = readEcosystem(text);
      const release = found?.release.kind === 'one' ? found.release.version : found?.release.kind;
      assert.equal(found === undefined ? '-' : `${found.kind} ${found.id} ${release}`, expected);
    });
});

describe('an advisory is held against a package', () => {
  const deb = (version: string, more = 'distro=debian-12&upstream=openssl') =>
    `pkg:deb/debian/libssl3@${version}?${more}`;
  const below = (fixed: string): AffectedVersions => ({ kind: 'ranges', ranges: [{ fixed }], versions: [] });
  const rpm = (more: string) =>
    `pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?epoch=1&upstream=openssl-3.0.7-24.el9.src.rpm&${more}`;
  for (const [what, ecosystem, name, affected, purl, expected] of [
    [
      'older than the fix',
      'Debian:12',
      'openssl',
      below('3.0.14-1~deb12u1'),
      deb('3.0.9-1'),
      'affected 3.0.14-1~deb12u1',
    ],
    [
      'the fix itself',
      'Debian:12',
      'openssl',
      below('3.0.14-1~deb12u1'),
      deb('3.0.14-1~deb12u1'),
      'not-affected',
    ],
    [
      'a rebuilt one of its fix',
      'Debian:12',
      'openssl',
      below('3.0.14-1'),
      deb('3.0.14-1%2Bb1'),
      'not-affected',
    ],
    [
      'before it was introduced',
      'Debian:12',
      'openssl',
      { kind: 'ranges', ranges: [{ introduced: '3.1', fixed: '3.2' }], versions: [] },
      deb('3.0.9-1'),
      'not-affected',
    ],
    [
      'the last that has it',
      'Debian:12',
      'openssl',
      { kind: 'ranges', ranges: [{ last: '3.0.9-1' }], versions: [] },
      deb('3.0.9-1'),
      'affected',
    ],
    [
      'listed by itself',
      'Debian:12',
      'openssl',
      { kind: 'ranges', ranges: [], versions: ['3.0.9-1'] },
      deb('3.0.9-1'),
      'affected',
    ],
    [
      'not listed',
      'Debian:12',
      'openssl',
      { kind: 'ranges', ranges: [], versions: ['3.0.9-1'] },
      deb('3.0.9-2'),
      'not-affected',
    ],
    ['the binary package’s name', 'Debian:12', 'libssl3', below('9'), deb('3.0.9-1'), 'not-affected'],
    ['another release', 'Debian:11', 'openssl', below('9'), deb('3.0.9-1'), 'not-affected'],
    ['another distribution', 'Ubuntu:22.04:LTS', 'openssl', below('9'), deb('3.0.9-1'), 'not-affected'],
    ['the crate', 'Debian:12', 'openssl', below('9'), 'pkg:cargo/openssl@0.10.1', 'not-affected'],
    [
      'the project’s own code',
      'Debian:12',
      'openssl',
      below('9'),
      'pkg:generic/openssl@3.0.1',
      'not-affected',
    ],
    [
      'a release that is not known',
      'Debian:12',
      'openssl',
      below('9'),
      deb('3.0.9-1', 'upstream=openssl'),
      'unknown',
    ],
    [
      'a release that is not known, and a fixed version',
      'Debian:12',
      'openssl',
      below('3'),
      deb('3.0.9-1', 'upstream=openssl'),
      'not-affected',
    ],
    ['a version that is none', 'Debian:12', 'openssl', below('9'), deb('1_0'), 'unknown'],
    ['no version', 'Debian:12', 'openssl', below('9'), 'pkg:deb/debian/openssl?distro=debian-12', 'unknown'],
    [
      'what could not be read',
      'Debian:12',
      'openssl',
      { kind: 'unread', reason: 'why' },
      deb('3.0.9-1'),
      'unknown',
    ],
    [
      'what could not be read, of another package',
      'Debian:12',
      'zlib',
      { kind: 'unread', reason: 'why' },
      deb('3.0.9-1'),
      'not-affected',
    ],
    [
      'its own source’s version',
      'Debian:12',
      'gcc-12',
      below('12.2.0-14+deb12u1'),
      'pkg:deb/debian/libgcc-s1@13?distro=debian-12&upstream=gcc-12%4012.2.0-14',
      'affected 12.2.0-14+deb12u1',
    ],
    [
      'a source package of rpm',
      'Red Hat:enterprise_linux:9::baseos',
      'openssl',
      below('1:3.0.7-27.el9'),
      rpm('distro=rhel-9.4'),
      'affected 1:3.0.7-27.el9',
    ],
    [
      'a binary package of rpm',
      'AlmaLinux:9',
      'openssl-libs',
      below('1:3.0.7-27.el9'),
      rpm('distro=almalinux-9.4'),
      'affected 1:3.0.7-27.el9',
    ],
    [
      'an update stream',
      'Red Hat:rhel_eus:9.2::baseos',
      'openssl',
      below('1:3.0.7-27.el9'),
      rpm('distro=rhel-9.4'),
      'not-affected',
    ],
    [
      'an update stream of a release that is known by its first number',
      'Red Hat:rhel_eus:9.2::baseos',
      'openssl',
      below('1:3.0.7-27.el9'),
      rpm('distro=rhel-9'),
      'unknown',
    ],
    [
      'a product that is no release',
      'Red Hat:openshift:4.12::el8',
      'openssl',
      below('1:3.0.7-27.el9'),
      rpm('distro=rhel-9'),
      'unknown',
    ],
    [
      'apk’s order',
      'Alpine:v3.20',
      'openssl',
      below('3.3.1-r10'),
      'pkg:apk/alpine/libssl3@3.3.1-r9?distro=alpine-3.20.1&upstream=openssl',
      'affected 3.3.1-r10',
    ],
    [
      'another series of Alpine',
      'Alpine:v3.2',
      'openssl',
      below('3.3.1-r10'),
      'pkg:apk/alpine/libssl3@3.3.1-r9?distro=alpine-3.20.1&upstream=openssl',
      'not-affected',
    ],
    [
      'a distribution without releases',
      'Wolfi',
      'openssl',
      below('3.3.1-r10'),
      'pkg:apk/wolfi/openssl@3.3.1-r9?distro=wolfi-20230201',
      'affected 3.3.1-r10',
    ],
  ] as const)
    it(`${what}: ${expected}`, () => {
      const advisory = {
        id: 'DSA-1-1',
        aliases: [],
        ecosystem,
        package: name,
        title: '',
        date: '',
        url: '',
        affected,
      };
      const installed = installedOf(parsePurl(purl));
      const match = installed === undefined ? undefined : matchPackage(advisory, installed);
      const said =
        match?.kind === 'affected'
          ? ['affected', ...(match.fixed === undefined ? [] : [match.fixed])]
          : [match?.kind ?? 'not-affected'];
      assert.equal(said.join(' '), expected);
      if (installed !== undefined)
        assert.equal(matchPackage({ ...advisory, withdrawn: '2026-01-01' }, installed).kind, 'not-affected');
    });
});
