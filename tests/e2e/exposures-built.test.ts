/** Of what `safeguard build` makes: from the build to where it runs, and until its upgrade runs in its place. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { environment, folder, safeguard } from '../cli/support.ts';
import { cargoProject } from '../support/cargo.ts';
import { testCache } from '../support/peers.ts';
import { startScene } from '../support/scene.ts';
import { triple, unsealed } from '../support/sealed.ts';

const programs = ['web', 'worker'] as const;
const main =
  'fn main() { println!("{}", middle::NAME); loop { std::thread::sleep(std::time::Duration::from_secs(60)) } }\n';

const advisory = (id: string, name: string) => ({
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

/** Starts a program and waits until it says something. */
async function run(t: TestContext, path: string): Promise<{ readonly end: () => Promise<void> }> {
  const child: ChildProcess = spawn(path, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  t.after(() => void child.kill('SIGKILL'));
  await new Promise<void>((done, fail) => {
    child.stdout?.once('data', () => done());
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${path} ended with ${code}`)));
  });
  return {
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

it('follows programs from their sealed build to their hosts, and to the upgraded build that runs', {
  skip: unsealed,
}, async (t) => {
  const database = folder(t);
  const put = (id: string, name: string) =>
    writeFileSync(join(database, `${id}.json`), JSON.stringify(advisory(id, name)));
  put('RUSTSEC-2026-9000', 'other');
  const { mirror, clock, publish } = await startScene(t, { mirror: { advisoryDatabases: [database] } });
  const pubtime = '2020-01-01T00:00:00Z';
  publish({ name: 'deep', version: '1.0.0', lib: 'pub const NAME: &str = "old";\n' }, { pubtime });
  publish({ name: 'deep', version: '1.0.1', lib: 'pub const NAME: &str = "new";\n' }, { pubtime });
  publish(
    { name: 'middle', version: '2.0.0', lib: 'pub use deep::NAME;\n', dependencies: { deep: '1' } },
    { pubtime },
  );
  const project = cargoProject(
    {
      dependencies: { middle: '2' },
      registryUrl: mirror.cargoUrl,
      files: Object.fromEntries(programs.map((name) => [`src/bin/${name}.rs`, main])),
    },
    t,
  );
  rmSync(join(project.dir, 'src/main.rs'), { force: true });
  const env = {
    ...environment(project.dir),
    CARGO_HOME: project.cargoHome,
    HOME: project.cargoHome,
    SAFEGUARD_SERVER: mirror.url,
    SAFEGUARD_TOKEN: mirror.token(),
  };
  // Not in /tmp, where what is unlinked is taken for something unpacked.
  const opt = join(testCache, `exposures-built-${process.pid}`);
  mkdirSync(opt, { recursive: true });
  t.after(() => rmSync(opt, { recursive: true, force: true }));
  const command = async (...args: string[]) => await safeguard(args, { cwd: project.dir, env });
  const done = async (...args: string[]) => {
    const ran = await command(...args);
    assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  const cargo = async (...args: string[]) => {
    const ran = await project.run(args);
    assert.equal(ran.code, 0, ran.stderr);
  };
  const exposures = async () => {
    await mirror.turn('exposures');
    const { exposures: list } = JSON.parse(await done('inventory', 'exposures', '--format', 'json'));
    return list
      .map(({ artefact, path, restart, fixed }: Record<string, unknown>) => [
        (artefact as { name: string; target: string }).name,
        (artefact as { name: string; target: string }).target,
        path,
        restart,
        fixed,
      ])
      .sort();
  };
  const exposed = (name: string, restart: boolean) => [
    name,
    triple,
    ['web-1', join(opt, name), 'app', 'middle', 'deep'],
    restart,
    '1.0.1',
  ];
  const look = async () => await done('agent', '--once', '--host', 'web-1', '--environment', 'production');
  const build = async () => {
    await done('build', '--', 'cargo', 'build', '--release');
    await done('inventory', 'add', 'safeguard-out');
  };
  const install = (name: string) => {
    // As installers do: another file takes the place of the one that runs.
    copyFileSync(join(project.dir, 'safeguard-out', triple, name), join(opt, `.${name}`));
    renameSync(join(opt, `.${name}`), join(opt, name));
  };

  // What is not read of advisories yet holds everything.
  await mirror.settle();
  await cargo('update');
  await cargo('update', 'deep', '--precise', '1.0.0');
  await build();
  for (const name of programs) install(name);
  const before = await Promise.all(programs.map((name) => run(t, join(opt, name))));
  await look();
  assert.deepEqual(await exposures(), []);

  // Nobody builds, adds or looks again: the advisory alone.
  put('RUSTSEC-2026-9001', 'deep');
  clock.advance('2h');
  await mirror.settle();
  assert.deepEqual(
    await exposures(),
    programs.map((name) => exposed(name, false)),
  );
  const answer = await command('affected', 'RUSTSEC-2026-9001');
  assert.equal(answer.code, 1, answer.stderr);
  for (const name of programs)
    assert.match(
      answer.stdout,
      new RegExp(`runs on web-1 \\(production\\): 1 process of ${join(opt, name)}`),
    );
  assert.match(answer.stdout, /app → middle → deep 1\.0\.0 \(transitive\)/);

  // The upgraded build lies on the disk: what runs is the old one.
  await cargo('update', 'deep', '--precise', '1.0.1');
  await build();
  install('web');
  await look();
  assert.deepEqual(await exposures(), [exposed('web', true), exposed('worker', false)]);

  // It runs.
  await before[0]?.end();
  await run(t, join(opt, 'web'));
  await look();
  assert.deepEqual(await exposures(), [exposed('worker', false)]);
  install('worker');
  await before[1]?.end();
  await run(t, join(opt, 'worker'));
  await look();
  assert.deepEqual(await exposures(), []);
});
