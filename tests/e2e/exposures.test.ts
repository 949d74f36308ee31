/** From an advisory to where it runs, and until it runs no more: kept by the server, told to whoever is to know. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { testCache } from '../support/peers.ts';
import { startScene } from '../support/scene.ts';
import { alarmSink } from '../support/sinks.ts';

const skip = process.platform !== 'linux' && 'there is no /proc';
const targets = ['x86_64-unknown-linux-gnu', 'x86_64-unknown-linux-musl'] as const;
const advisory = {
  schema_version: '1.7.3',
  id: 'RUSTSEC-2026-9001',
  published: '2026-08-01T00:00:00Z',
  modified: '2026-08-01T00:00:00Z',
  aliases: ['CVE-2026-0301'],
  summary: 'deep is flawed',
  affected: [
    {
      package: { ecosystem: 'crates.io', name: 'deep' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0.0.0-0' }, { fixed: '1.0.1' }] }],
    },
  ],
};

/** A program of its own for a target and a version of `deep`, with the document about it. */
function build(
  cwd: string,
  target: string,
  version: string,
): { readonly path: string; readonly bom: string } {
  const path = join(cwd, `app-${target}-${version}`);
  writeFileSync(path, Buffer.concat([readFileSync('/bin/sleep'), Buffer.from(`${cwd}${target}${version}`)]), {
    mode: 0o755,
  });
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  const component = (ref: string, name: string, version: string) => ({
    type: 'library',
    'bom-ref': ref,
    name,
    version,
    purl: `pkg:cargo/${name}@${version}`,
  });
  const bom = `${path}.cdx.json`;
  writeFileSync(
    bom,
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: { component: { type: 'file', 'bom-ref': 'app', name: 'app', version: `sha256:${sha256}` } },
      components: [component('m', 'middle', '2.0.0'), component('d', 'deep', version)],
      dependencies: [
        { ref: 'app', dependsOn: ['m'] },
        { ref: 'm', dependsOn: ['d'] },
      ],
      compositions: [{ aggregate: 'complete' }],
    }),
  );
  return { path, bom };
}

async function run(t: TestContext, path: string): Promise<{ readonly end: () => Promise<void> }> {
  const child: ChildProcess = spawn(path, ['120'], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  t.after(() => void child.kill('SIGKILL'));
  await new Promise<void>((done) => child.on('spawn', done));
  return {
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

it('opens with the advisory, says that a restart is left where only the disk was upgraded, and closes with the last process', {
  skip,
}, async (t) => {
  const database = folder(t);
  const sink = await alarmSink(t);
  writeFileSync(
    join(database, 'RUSTSEC-2026-9000.json'),
    JSON.stringify({
      ...advisory,
      id: 'RUSTSEC-2026-9000',
      aliases: [],
      affected: [{ ...advisory.affected[0], package: { ecosystem: 'crates.io', name: 'other' } }],
    }),
  );
  const { mirror, clock } = await startScene(t, {
    mirror: {
      advisoryDatabases: [database],
      config: sink.config,
      env: sink.env,
    },
  });
  // Not in /tmp, where what is unlinked is taken for something unpacked.
  const cwd = join(testCache, `exposures-${process.pid}`);
  mkdirSync(cwd, { recursive: true });
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const command = (...args: string[]) => safeguard(args, { cwd, env });
  const look = async () => {
    const seen = await command('agent', '--once', '--host', 'web-1', '--environment', 'production');
    assert.equal(seen.code, 0, seen.stderr);
    await mirror.turn('exposures');
  };
  const listed = async (...args: string[]) =>
    JSON.parse((await command('inventory', 'exposures', '--format', 'json', ...args)).stdout).exposures;
  const read = async () => {
    clock.advance('2h');
    await mirror.settle();
    await mirror.turn('exposures');
  };
  const alarms = async () => {
    clock.advance('2m');
    await mirror.notify();
    return sink.told().map(({ alarm, message }) => `${alarm}: ${message}`);
  };

  // Two targets of one project, both with the old release; one that runs before anybody says what it is.
  const old = targets.map((target) => build(cwd, target, '1.0.0'));
  const running = await Promise.all(old.map(({ path }) => run(t, path)));
  await look();
  for (const [i, { bom }] of old.entries())
    assert.equal((await command('inventory', 'add', bom, '--target', targets[i] ?? '')).code, 0);
  await read();
  assert.deepEqual(await listed(), []);
  assert.equal((await command('inventory', 'exposures')).stdout, 'No exposure is known.\n');

  // The advisory comes: nobody looks at a host or an artefact again.
  writeFileSync(join(database, 'RUSTSEC-2026-9001.json'), JSON.stringify(advisory));
  await read();
  const open = await listed();
  assert.deepEqual(
    open
      .map(({ advisory, artefact, path, restart, fixed, closed }: Record<string, unknown>) => [
        advisory,
        (artefact as { target: string }).target,
        path,
        restart,
        fixed,
        closed,
      ])
      .sort(),
    targets.map((target, i) => [
      'RUSTSEC-2026-9001',
      target,
      ['web-1', old[i]?.path, 'middle', 'deep'],
      false,
      '1.0.1',
      null,
    ]),
  );
  assert.deepEqual(await alarms(), [
    'exposure-began: deep 1.0.0 with RUSTSEC-2026-9001 (deep is flawed) runs on web-1 (production), in 2 programs.',
  ]);
  // Nothing is opened or told twice.
  await look();
  await read();
  assert.equal((await listed()).length, 2);
  assert.deepEqual(await alarms(), []);
  const metrics = async () => await (await mirror.call('/metrics')).text();
  assert.match(await metrics(), /safeguard_exposures\{state="open"\} 2\n/);

  // The upgraded build is put in place of one: it still runs the old one.
  const fixed = targets.map((target) => build(cwd, target, '1.0.1'));
  for (const { bom } of fixed) assert.equal((await command('inventory', 'add', bom)).code, 0);
  renameSync(fixed[0]?.path ?? '', old[0]?.path ?? '');
  await look();
  assert.deepEqual(
    (await listed()).map(({ program, restart }: Record<string, unknown>) => [program, restart]).sort(),
    [
      [old[0]?.path, true],
      [old[1]?.path, false],
    ],
  );
  assert.match(
    (await command('inventory', 'exposures', '--host', 'web-1')).stdout,
    /restart needed: what it runs is not on disk any more/,
  );
  assert.match(await metrics(), /safeguard_exposures\{state="restart"\} 1\n/);
  assert.deepEqual(await alarms(), []);

  // It is started again, with the new one at the same path.
  await running[0]?.end();
  const anew = await run(t, old[0]?.path ?? '');
  await look();
  assert.deepEqual(
    (await listed()).map(({ program }: { program: string }) => program),
    [old[1]?.path],
  );
  assert.deepEqual(await alarms(), [
    'exposure-ended: deep 1.0.0 with RUSTSEC-2026-9001 runs no more on web-1 (production).',
  ]);
  await running[1]?.end();
  await look();
  assert.deepEqual(await listed(), []);
  const closed = await listed('--closed');
  assert.equal(closed.length, 2);
  assert.ok(closed.every(({ closed, opened }: Record<string, string>) => (closed ?? '') > (opened ?? '')));
  assert.match(await metrics(), /safeguard_exposures\{state="ended"\} 2\n/);
  assert.match(await metrics(), /safeguard_exposure_seconds\{stage="ended"\} [1-9]/);

  // The fixed one is struck by what is said later, and not any more once that is withdrawn.
  const worse = structuredClone(advisory);
  if (worse.affected[0]?.ranges[0]?.events[1] !== undefined)
    worse.affected[0].ranges[0].events[1] = { fixed: '1.0.2' };
  writeFileSync(join(database, 'RUSTSEC-2026-9001.json'), JSON.stringify(worse));
  await read();
  assert.deepEqual(
    (await listed()).map(({ program, component }: Record<string, string>) => [program, component]),
    [[old[0]?.path, 'pkg:cargo/deep@1.0.1']],
  );
  writeFileSync(
    join(database, 'RUSTSEC-2026-9001.json'),
    JSON.stringify({ ...worse, withdrawn: '2026-09-02T00:00:00Z' }),
  );
  await read();
  assert.deepEqual(await listed(), []);
  await anew.end();
});
