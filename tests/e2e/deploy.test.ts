/** Where artefacts are deployed on somebody's word: stated by a pipeline, asked about, struck, and over. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { startScene } from '../support/scene.ts';
import { alarmSink } from '../support/sinks.ts';
import { databaseFor, databases } from '../support/stage.ts';

const advisory = (id: string, name: string) =>
  JSON.stringify({
    schema_version: '1.7.3',
    id,
    published: '2026-08-01T00:00:00Z',
    modified: '2026-08-01T00:00:00Z',
    summary: `${name} is flawed`,
    affected: [
      {
        package: { ecosystem: 'crates.io', name },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0.0.0-0' }, { fixed: '1.0.1' }] }],
      },
    ],
  });

for (const { name, skip } of databases)
  describe(`stated deployments on ${name}`, { skip }, () => {
    it('are asked for and struck like what runs, said to be stated, and over when they are replaced or withdrawn', async (t) => {
      const database = folder(t);
      writeFileSync(join(database, 'RUSTSEC-2026-9000.json'), advisory('RUSTSEC-2026-9000', 'other'));
      const sink = await alarmSink(t);
      const { mirror, clock } = await startScene(t, {
        mirror: {
          ...(await databaseFor(name, t)),
          advisoryDatabases: [database],
          config: sink.config,
          env: sink.env,
        },
      });
      const cwd = folder(t);
      const ci = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
      const run = async (code: number, ...args: string[]) => {
        const ran = await safeguard(args, { cwd, env: ci });
        assert.equal(ran.code, code, `${args.join(' ')}: ${ran.stdout}${ran.stderr}`);
        return ran.stdout || ran.stderr;
      };
      const deploy = (code: number, ...args: string[]) => run(code, 'inventory', 'deploy', ...args);
      /** A build of a program, added: its digest. */
      const build = async (file: string, program: string, version: string) => {
        writeFileSync(join(cwd, file), `${file} ${version}`);
        const sha256 = createHash('sha256').update(`${file} ${version}`).digest('hex');
        const component = { type: 'file', 'bom-ref': 'app', name: program, version: `sha256:${sha256}` };
        const purl = `pkg:cargo/deep@${version}`;
        const bom = {
          bomFormat: 'CycloneDX',
          specVersion: '1.6',
          metadata: { component },
          components: [{ type: 'library', 'bom-ref': 'd', name: 'deep', version, purl }],
          dependencies: [{ ref: 'app', dependsOn: ['d'] }],
          compositions: [{ aggregate: 'complete' }],
        };
        writeFileSync(join(cwd, `${file}.cdx.json`), JSON.stringify(bom));
        await run(0, 'inventory', 'add', `${file}.cdx.json`, '--project', 'https://git.example/shop');
        return sha256;
      };
      const exposures = async (...args: string[]) => {
        await mirror.turn('exposures');
        const { exposures: list } = JSON.parse(
          await run(0, 'inventory', 'exposures', '--format', 'json', ...args),
        );
        return list.map(({ path, statedBy, way, ended }: Record<string, unknown>) => [
          (path as string[]).join(' > '),
          statedBy,
          way,
          (ended as { why: string } | null)?.why ?? null,
        ]);
      };
      const alarms = async () => {
        clock.advance('2m');
        await mirror.notify();
        return sink.told().map(({ alarm, message }) => `${alarm}: ${message}`);
      };
      await mirror.settle();
      const old = await build('web-1', 'web', '1.0.0');
      await build('worker-1', 'worker', '1.0.0');

      // Nothing is stated of what nobody added, or without a place.
      writeFileSync(join(cwd, 'stranger'), 'x');
      assert.match(await deploy(1, 'stranger', '--environment', 'production'), /No artefact has an id/);
      assert.match(await deploy(64, 'web-1'), /where to\?/);
      assert.match(await deploy(0, '--list'), /^Nothing is stated to be deployed/);

      const shop = ['--environment', 'production', '--service', 'shop'];
      const stated =
        /^Stated: web \([0-9a-f]{12}\) is deployed to production, service shop since .*, stated by \S+\n$/;
      assert.match(await deploy(0, 'web-1', ...shop, '--team', 'one'), stated);
      assert.match(await deploy(0, old.slice(0, 12), ...shop), /^Stated already: web /);
      // Another binary of the project is beside it, and one at another place is another one.
      assert.match(await deploy(0, 'worker-1', ...shop), /^Stated: worker .*\n$/);
      await deploy(0, 'web-1', '--environment', 'customers', '--host', 'appliances', '--since', '2026-01-02');
      const listed = async (...args: string[]) =>
        JSON.parse(await deploy(0, '--list', '--format', 'json', ...args)).deployments.map(
          ({ artefact, environment, service, host }: Record<string, unknown>) =>
            [(artefact as { name: string }).name, environment, service, host].filter(Boolean).join(' '),
        );
      assert.deepEqual(await listed(), [
        'web customers appliances',
        'worker production shop',
        'web production shop',
      ]);
      assert.deepEqual(await listed('--team', 'one'), ['web production shop']);
      assert.deepEqual(await listed('--host', 'appliances'), ['web customers appliances']);
      assert.match(
        await deploy(0, '--list', '--format', 'csv', '--limit', '1'),
        /^id,environment,.*\n3,customers,.*\n2,.*\n1,.*\n$/,
      );

      // It is no sighting, wherever one asks.
      assert.match(
        await run(1, 'affected', 'deep@1.0.0'),
        /2 of 2 artefacts have it\. No host that reports runs one\. One is stated to be deployed to 3 places/,
      );
      const asked = async (code: number, ...args: string[]) => {
        const { artefacts, deployed, running } = JSON.parse(
          await run(code, 'affected', 'deep@1.0.0', '--format', 'json', ...args),
        );
        return [artefacts.length, deployed, running.processes].join(' ');
      };
      assert.equal(await asked(1, '--environment', 'customers'), '1 1 0');
      assert.equal(await asked(1, '--host', 'appliances'), '1 1 0');
      assert.equal(await asked(2, '--environment', 'nowhere'), '0 0 0');
      assert.equal(await asked(2, '--running'), '0 0 0');
      assert.match(
        await run(1, 'affected', 'deep', '--environment', 'customers'),
        /^ {2}deployed to customers, host appliances: stated by \S+, not seen; since 2026-01-02/m,
      );
      assert.match(await run(0, 'inventory', 'hosts'), /^No host reports/);
      assert.match(await run(0, 'inventory', 'running'), /^No host reported/);

      // An advisory strikes it, and says so.
      assert.deepEqual(await exposures(), []);
      writeFileSync(join(database, 'RUSTSEC-2026-9001.json'), advisory('RUSTSEC-2026-9001', 'deep'));
      clock.advance('2h');
      await mirror.settle();
      const by = (await exposures())[0]?.[1];
      assert.match(String(by), /\S/);
      assert.deepEqual(
        (await exposures()).sort(),
        [
          ['customers, host appliances > web > web > deep', by, 'stated', null],
          ['production, service shop > web > web > deep', by, 'stated', null],
          ['production, service shop > worker > worker > deep', by, 'stated', null],
        ].map(([path, ...rest]) => [String(path).replace(/> (\S+) > \1 >/, '> $1 >'), ...rest]),
      );
      assert.equal((await exposures('--environment', 'customers')).length, 1);
      assert.deepEqual(await alarms(), [
        'exposure-began: deep 1.0.0 with RUSTSEC-2026-9001 (deep is flawed) is stated to be deployed to customers, host appliances, production, service shop, in 3 programs.',
      ]);

      // The next build of the same binary takes its place.
      await build('web-2', 'web', '1.0.1');
      assert.match(
        await deploy(0, 'web-2', ...shop),
        new RegExp(`^Stated: web .*\\n {2}in place of web \\(${old.slice(0, 12)}\\), there since `),
      );
      assert.deepEqual(await listed('--environment', 'production'), [
        'web production shop',
        'worker production shop',
      ]);
      assert.equal((await exposures()).length, 2);
      assert.deepEqual(
        (await exposures('--closed')).map(([, , , why]: unknown[]) => why),
        [`replaced by ${createHash('sha256').update('web-2 1.0.1').digest('hex').slice(0, 12)}`],
      );
      assert.match(
        (await alarms()).join('\n'),
        /^exposure-ended: .* is stated to be deployed no more to production, service shop\.$/,
      );
      // Beside it, where somebody rolls out step by step.
      await deploy(0, 'web-1', ...shop, '--beside');
      assert.equal((await listed('--environment', 'production')).length, 3);
      assert.equal((await exposures()).length, 3);

      await deploy(64, 'web-1', ...shop, '--withdraw');
      const gone = [
        '--environment',
        'customers',
        '--host',
        'appliances',
        '--withdraw',
        '--reason',
        'returned',
      ];
      assert.match(await deploy(0, 'web-1', ...gone), /^Withdrawn: web .* customers, host appliances/);
      assert.match(await deploy(1, 'web-1', ...gone), /Nobody states that web .* is deployed to customers/);
      assert.equal((await exposures()).length, 2);
      assert.match(await deploy(0, '--list', '--over'), /withdrawn by \S+: returned/);

      const audit = JSON.parse(await (await mirror.call('/api/v1/audit', { token: mirror.token() })).text());
      const acts = JSON.stringify(audit);
      assert.match(acts, /deployment\.stated/);
      assert.match(acts, /deployment\.withdrawn/);
    });
  });
