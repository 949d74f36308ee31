/** From an advisory about a distribution's package to the processes that have it loaded, whoever built the program. */
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { makeRoot, mapIn, rootless } from '../support/roots.ts';
import { startScene } from '../support/scene.ts';

const lib = '/usr/lib/x86_64-linux-gnu/libssl.so.3';
const stanza = (version: string) =>
  `Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: openssl\nVersion: ${version}\n`;

it('names host, process, program and library, also after an upgrade on disk alone', {
  skip: rootless,
}, async (t) => {
  const database = folder(t);
  const advisory = {
    schema_version: '1.7.3',
    id: 'DSA-9101-1',
    published: '2026-08-01T00:00:00Z',
    modified: '2026-08-01T00:00:00Z',
    upstream: ['CVE-2026-0101'],
    summary: 'openssl in short',
    affected: [
      {
        package: { ecosystem: 'Debian:12', name: 'openssl' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.14-1~deb12u1' }] }],
      },
    ],
  };
  mkdirSync(join(database, 'Debian'));
  writeFileSync(join(database, 'Debian/DSA-9101-1.json'), JSON.stringify(advisory));
  const { mirror } = await startScene(t, { mirror: { advisoryDatabases: [database] } });
  await mirror.tick();
  const cwd = folder(t);
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const run = (...args: string[]) => safeguard(args, { cwd, env });
  const look = () => run('agent', '--once', '--host', 'web-1', '--environment', 'production');
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('affected', ...args, '--format', 'json');
    assert.equal(stderr, '');
    return { code, json: JSON.parse(stdout) };
  };
  assert.equal((await ask('DSA-9101-1')).json.answer, 'unknown', 'nothing is known of any host');

  const root = makeRoot(t, {
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
    [lib]: `old${'.'.repeat(5000)}`,
    'var/lib/dpkg/status': stanza('3.0.11-1~deb12u2'),
    'var/lib/dpkg/info/libssl3:amd64.list': `${lib}\n`,
  });
  const { pid } = await mapIn(t, root, [lib]);
  await look();
  const found = await ask('CVE-2026-0101');
  const programs = found.json.loaded.programs.filter(({ path }: { path: string }) => path === '/opt/mapper');
  assert.deepEqual([found.code, found.json.answer, found.json.count], [1, 'affected', 0]);
  assert.deepEqual(
    programs.map(({ host, environment, pids, processes, restart, objects }: Record<string, unknown>) => [
      host,
      environment,
      pids,
      processes,
      restart,
      objects,
    ]),
    [
      [
        'web-1',
        'production',
        [pid],
        1,
        0,
        [
          {
            path: lib,
            state: 'present',
            class: 'tls',
            how: 'loaded',
            knownBy: 'database',
            component: 'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl',
          },
        ],
      ],
    ],
  );
  const text = (await run('affected', '--library', 'openssl@<3.0.15')).stdout;
  assert.match(text, /1 process on 1 host has it loaded\./);
  assert.match(
    text,
    new RegExp(
      `^web-1 \\(production\\) → process ${pid} → /opt/mapper\n {2}→ ${lib}: pkg:deb/debian/libssl3@3\\.0\\.11.*$`,
      'm',
    ),
  );

  // It is upgraded on disk. A new process has the new one; the old one has to be started again.
  writeFileSync(join(root, 'new'), `new${'.'.repeat(5000)}`);
  renameSync(join(root, 'new'), join(root, lib));
  writeFileSync(join(root, 'var/lib/dpkg/status'), stanza('3.0.15-1~deb12u1'));
  const second = await mapIn(t, root, [lib]);
  await look();
  // One look cannot know what it was, and says so.
  const unsure = await ask('DSA-9101-1');
  assert.deepEqual([unsure.code, unsure.json.loaded.processes], [2, 0]);
  assert.match(
    unsure.json.missing.join('\n'),
    /files? that processes on 1 host have loaded (is|are) of no package that is known/,
  );
  assert.equal(
    (await ask('--library', 'openssl@3.0.15')).json.loaded.programs[0].pids.includes(second.pid),
    true,
  );
});
