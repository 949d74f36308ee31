/** Where an advisory about a distribution's package is, and which artefacts use a library: never the crate of its name. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { startScene } from '../support/scene.ts';

const osv = (id: string, affected: readonly object[], more: object = {}) => ({
  schema_version: '1.7.3',
  id,
  published: '2026-08-01T00:00:00Z',
  modified: '2026-08-01T00:00:00Z',
  upstream: ['CVE-2026-0042'],
  summary: `${id} in short`,
  affected,
  ...more,
});

const fixedIn = (ecosystem: string, name: string, fixed: string) => ({
  package: { ecosystem, name },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
});

function document(name: string, ...purls: readonly string[]) {
  const refs = purls.map((_, i) => `c${i}`);
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { type: 'application', 'bom-ref': 'app', name, version: '1.0.0' } },
    components: purls.map((purl, i) => ({ type: 'library', 'bom-ref': refs[i], name: `part${i}`, purl })),
    dependencies: [{ ref: 'app', dependsOn: refs }],
    compositions: [{ aggregate: 'complete', assemblies: ['app'], dependencies: ['app', ...refs] }],
  });
}

const crate = 'pkg:cargo/openssl@0.10.1';
const artefacts = {
  'deb-old': [crate, 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl'],
  'deb-new': [crate, 'pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl'],
  'deb-13': ['pkg:deb/debian/libssl3t64@3.0.11-1?arch=amd64&distro=debian-13&upstream=openssl'],
  ubuntu: ['pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1?arch=amd64&distro=ubuntu-22.04&upstream=openssl'],
  alpine: ['pkg:apk/alpine/libssl3@3.3.1-r0?arch=x86_64&distro=alpine-3.20.1&upstream=openssl'],
  rocky: [
    'pkg:rpm/rocky/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=rocky-9.3&epoch=1&upstream=openssl-3.0.7-24.el9.src.rpm',
  ],
  bundled: ['pkg:cargo/openssl-sys@0.9.1', 'pkg:generic/openssl@3.0.13'],
} as const;

async function start(t: TestContext) {
  const database = folder(t);
  const tell = (path: string, record: unknown) => {
    mkdirSync(join(database, path, '..'), { recursive: true });
    writeFileSync(join(database, path), typeof record === 'string' ? record : JSON.stringify(record));
  };
  tell('Debian/DSA-9001-1.json', osv('DSA-9001-1', [fixedIn('Debian:12', 'openssl', '3.0.14-1~deb12u1')]));
  tell(
    'Alpine/ALPINE-CVE-2026-0042.json',
    osv('ALPINE-CVE-2026-0042', [fixedIn('Alpine:v3.20', 'openssl', '3.3.1-r1')]),
  );
  tell(
    'Rocky/RLSA-2026_0042.json',
    osv('RLSA-2026:0042', [fixedIn('Rocky Linux:9', 'openssl', '1:3.0.7-27.el9')]),
  );
  tell(
    'Debian/DSA-9002-1.json',
    osv('DSA-9002-1', [fixedIn('Debian:12', 'openssl', 'not a version')], { upstream: [] }),
  );
  tell('Debian/DSA-9003-1.json', '{"id": "DSA-9003-1"');
  tell(
    'Debian/DSA-9004-1.json',
    osv('DSA-9004-1', [fixedIn('Debian:12', 'zlib', '1:1.2.13.dfsg-2')], { upstream: [] }),
  );
  const { mirror } = await startScene(t, { mirror: { advisoryDatabases: [database] } });
  await mirror.tick();
  const cwd = folder(t);
  const run = (...args: string[]) =>
    safeguard(args, { cwd, env: { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() } });
  for (const [name, purls] of Object.entries(artefacts))
    writeFileSync(join(cwd, `${name}.json`), document(name, ...purls));
  const added = await run('inventory', 'add', ...Object.keys(artefacts).map((name) => `${name}.json`));
  assert.equal(added.code, 0, added.stderr);
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('affected', ...args, '--format', 'json');
    assert.equal(stderr, '');
    const json = JSON.parse(stdout);
    const names = json.artefacts.map((one: { artefact: { name: string } }) => one.artefact.name).sort();
    return { code, json, names };
  };
  return { run, ask };
}

it('finds a distribution’s advisory by the source package, its release and its order of versions', async (t) => {
  const { run, ask } = await start(t);
  const dsa = await ask('DSA-9001-1');
  assert.deepEqual([dsa.code, dsa.names], [1, ['deb-old']]);
  assert.deepEqual(
    dsa.json.releases.map(({ name, fixed, next }: Record<string, unknown>) => [name, fixed, next]),
    [['debian/libssl3', '3.0.14-1~deb12u1', null]],
  );
  const cve = await ask('cve-2026-0042');
  assert.deepEqual([cve.code, cve.names], [1, ['alpine', 'deb-old', 'rocky']]);
  assert.deepEqual(
    [(await ask('RLSA-2026:0042')).names, (await ask('ALPINE-CVE-2026-0042')).names],
    [['rocky'], ['alpine']],
  );
  assert.match(
    (await run('affected', 'DSA-9001-1')).stdout,
    /^DSA-9001-1 of 2026-08-01: DSA-9001-1 in short\n {2}openssl of Debian:12; fixed in 3\.0\.14-1~deb12u1\n[\s\S]*debian\/libssl3 3\.0\.11-1~deb12u2 in 1, ended by 3\.0\.14-1~deb12u1\n/,
  );

  // What cannot be read, and what lists of crates leave out, is not fine.
  const unread = await ask('DSA-9002-1');
  assert.equal(unread.code, 2);
  assert.deepEqual(
    unread.json.unknown.map(({ name, reason }: Record<string, string>) => [name, reason]),
    [
      ['debian/libssl3', 'DSA-9002-1: `not a version` is no version of its distribution'],
      ['debian/libssl3', 'DSA-9002-1: `not a version` is no version of its distribution'],
    ],
  );
  const broken = await run('affected', 'DSA-9003-1');
  assert.equal(broken.code, 64);
  assert.match(
    broken.stderr,
    /No advisory is called DSA-9003-1 in .*Not read: Debian\/DSA-9003-1\.json: it is not JSON/,
  );
  assert.equal((await ask('DSA-9004-1')).code, 0, 'every document names libraries, and none has zlib');
});

it('finds a library by its binary package, its source or its project, and by the software’s version', async (t) => {
  const { run, ask } = await start(t);
  for (const [of, code, names] of [
    ['openssl', 1, ['alpine', 'bundled', 'deb-13', 'deb-new', 'deb-old', 'rocky', 'ubuntu']],
    ['openssl@<3.0.15', 1, ['bundled', 'deb-13', 'deb-old', 'rocky', 'ubuntu']],
    ['openssl@>=3.0.15', 1, ['alpine', 'deb-new']],
    ['openssl@3.0.11', 1, ['deb-13', 'deb-old']],
    // Epochs come first where a bound is of whole versions.
    ['openssl@>=3.0.11-1~deb12u2, <3.0.14', 1, ['bundled', 'deb-13', 'deb-old', 'rocky']],
    ['libssl3', 1, ['alpine', 'deb-new', 'deb-old', 'ubuntu']],
    ['openssl-libs@<1:3.0.7-27.el9', 1, ['rocky']],
    ['openssl-sys', 0, []],
    ['libssl', 0, []],
  ] as const) {
    const found = await ask('--library', of);
    assert.deepEqual([found.code, found.names], [code, names], of);
  }
  assert.deepEqual((await ask('openssl')).names, ['deb-new', 'deb-old'], 'the crate');
  const refused = await run('affected', '--library', 'openssl@about 3');
  assert.equal(refused.code, 64);
  assert.match(refused.stderr, /names no library\. Ask for a library of the system/);
});
