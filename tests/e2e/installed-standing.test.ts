/**
 * Programs that are installed and do not run: tied to their artefacts as running ones are, shown apart, and never left
 * out of "where are we affected?".
 */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bytesSource } from '../../src/binary/bytes.ts';
import { segmentsDigest } from '../../src/binary/segments.ts';
import { folder, safeguard } from '../cli/support.ts';
import { startScene } from '../support/scene.ts';
import { program, sha256Of } from '../support/signed-build.ts';
import { databaseFor, databases } from '../support/stage.ts';

const digest = sha256Of(program);

for (const { name, skip } of databases)
  describe(`what is installed, on ${name}`, { skip }, () => {
    it('is where we are affected, and does not run', async (t) => {
      const { mirror } = await startScene(t, { mirror: await databaseFor(name, t) });
      const cwd = folder(t);
      writeFileSync(join(cwd, 'app'), program);
      const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
      const run = (...args: string[]) => safeguard(args, { cwd, env });
      assert.equal((await run('inventory', 'add', 'app')).code, 0);
      const job = { path: '/opt/app', sha256: digest, buildId: 'abcd', needed: [], possible: [] };
      const installed = [
        { ...job, named: 'cron', by: '/etc/cron.d/job' },
        // Other bytes of the same build, and somebody else's program.
        {
          ...job,
          path: '/opt/other',
          sha256: 'b'.repeat(64),
          segments: 'c'.repeat(64),
          named: 'unit',
          by: 'x.service',
        },
        { path: '/bin/sh', sha256: 'd'.repeat(64), named: 'unit', by: 'y.service', needed: [], possible: [] },
      ];
      const tell = async (processes: readonly object[], host = 'web-1') => {
        const body = { host, bootId: 'b', environment: 'production', unread: 0, processes, installed };
        const answer = await mirror.call('/api/v1/sightings', {
          method: 'POST',
          body,
          token: mirror.token(),
        });
        assert.equal(answer.status, 200, await answer.text());
      };
      const affected = async (...args: string[]) => {
        const { code, stdout } = await run('affected', 'serde', '--format', 'json', ...args);
        const { count, running, installed: all, artefacts } = JSON.parse(stdout);
        const places = (artefacts[0]?.installed ?? []).map((one: Record<string, unknown>) => [
          one.host,
          one.path,
          one.tie,
          one.standing,
        ]);
        return { code, count, running: running.processes, all, places };
      };
      await tell([]);
      const both = [
        ['web-1', '/opt/app', 'digest', 'known'],
        ['web-1', '/opt/other', 'build-id', 'changed'],
      ];
      const at = await affected();
      assert.deepEqual(at, { code: 1, count: 1, running: 0, all: { hosts: 1, programs: 2 }, places: both });
      const { stdout } = await run('affected', 'serde');
      assert.match(
        stdout,
        /No host that reports runs one\. 2 are installed on 1 host and not seen running\./,
      );
      assert.match(
        stdout,
        /^ {2}installed on web-1 \(production\), not seen running: \/opt\/app \(cron: \/etc\/cron\.d\/job\)$/m,
      );
      assert.match(
        stdout,
        /^ {2}installed on web-1 .*: \/opt\/other \(systemd: x\.service\) \(other bytes of the same build/m,
      );
      assert.match(
        (await run('inventory', 'show', digest.slice(0, 12))).stdout,
        /^ {2}installed on web-1 \(production\), not seen running: \/opt\/app /m,
      );

      // All that is installed, whoever built it.
      const all = await run('inventory', 'installed');
      assert.deepEqual(
        all.stdout
          .match(/^web-1 .*$/gm)
          ?.map((line) => line.replace(/ {2,}/g, '|').replace(/\|[^|]*UTC\|/, '|')),
        [
          'web-1|unknown|/bin/sh|systemd: y.service',
          'web-1|known|/opt/app|cron: /etc/cron.d/job',
          'web-1|changed|/opt/other|systemd: x.service',
        ],
      );
      const pages: string[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const words: string[] = after === '' ? [] : ['--after', after];
        const page = await run('inventory', 'installed', '--format', 'json', '--limit', '1', ...words);
        const { programs, next } = JSON.parse(page.stdout);
        pages.push(...programs.map(({ path }: { path: string }) => path));
        after = next;
      }
      assert.deepEqual(pages, ['/bin/sh', '/opt/app', '/opt/other']);
      const unknown = await run('inventory', 'installed', '--standing', 'unknown', '--host', 'web-1');
      assert.match(unknown.stdout, /sh/);
      assert.doesNotMatch(unknown.stdout, /opt/);
      const other = await mirror.call('/api/v1/installed?after=x', { token: mirror.token() });
      assert.equal(other.status, 400);

      // Where somebody asks of a host or an environment it is there, and where he asks what runs it is not.
      for (const where of [
        ['--host', 'web-1'],
        ['--environment', 'production'],
      ])
        assert.deepEqual((await affected(...where)).places, both, where.join(' '));
      assert.deepEqual((await affected('--host', 'web-2')).count, 0);
      const asRunning = await affected('--running');
      assert.deepEqual([asRunning.count, asRunning.all.programs], [0, 0]);

      // Once it runs there it is running, and no more than that.
      const seen = { pid: 7, started: 1, path: '/opt/app', sha256: digest, state: 'present', stale: [] };
      await tell([seen]);
      const runs = await affected();
      assert.deepEqual([runs.running, runs.all, runs.places], [1, { hosts: 1, programs: 1 }, both.slice(1)]);
      await tell([]);
      assert.deepEqual((await affected()).places, both);
      assert.equal((await run('inventory', 'retire', 'web-1', '--reason', 'scrapped')).code, 0);
      assert.deepEqual((await affected()).places, []);
    });
  });

it('is told with what its segments are, by which one that was changed is known', {
  skip: process.platform !== 'linux' && 'there is no /proc',
}, async (t) => {
  const cwd = folder(t);
  const app = join(cwd, 'app');
  copyFileSync('/bin/sleep', app);
  const { stdout } = await safeguard(['agent', '--once', '--dry-run', '--format', 'json', '--paths', app], {
    cwd,
  });
  const { installed } = JSON.parse(stdout);
  const own = installed.find((one: { path: string }) => one.path === app);
  assert.equal(own.segments, segmentsDigest(bytesSource(readFileSync(app))));
});
