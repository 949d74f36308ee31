/** How advisories stand to artefacts as people and documents say it (VEX); hosts that come and go. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { jsonProblem } from '../support/bom-judges.ts';
import { startScene } from '../support/scene.ts';

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
const project = 'https://git.example/shop';
const target = 'x86_64-unknown-linux-gnu';
const digestOf = (name: string) => createHash('sha256').update(name).digest('hex');

/** A server with two programs of a project that run on two hosts, and one that is built the next day. */
async function scene(t: TestContext) {
  const database = folder(t);
  writeFileSync(join(database, 'RUSTSEC-2026-9001.json'), JSON.stringify(advisory));
  const { mirror, clock } = await startScene(t, { mirror: { advisoryDatabases: [database] } });
  const cwd = folder(t);
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const command = (...args: string[]) => safeguard(args, { cwd, env });
  const done = async (...args: string[]) => {
    const ran = await command(...args);
    assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}${ran.stdout}`);
    return ran.stdout;
  };
  const post = async (path: string, body: unknown) => {
    const answer = await mirror.call(path, { method: 'POST', body, token: mirror.token() });
    assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
  };
  const add = async (file: string, name: string, features: readonly string[] = ['std']) =>
    await post('/api/v1/artefacts', {
      name,
      file: { sha256: digestOf(file) },
      project,
      target,
      knownBy: 'list',
      completeness: 'complete',
      components: [
        {
          purl: 'pkg:cargo/deep@1.0.0',
          name: 'deep',
          version: '1.0.0',
          scope: 'linked',
          method: 'document',
          confidence: 'stated',
          features,
        },
      ],
    });
  const report = async (host: string, environment: string, ...files: readonly string[]) => {
    const processes = files.map((file, i) => ({
      pid: i + 1,
      started: 1,
      path: `/opt/${file}`,
      sha256: digestOf(file),
      state: 'present',
      stale: [],
    }));
    await post('/api/v1/sightings', { host, bootId: 'b', environment, team: 'shop', unread: 0, processes });
    await mirror.turn('exposures');
  };
  const exposures = async (...args: string[]) => {
    await mirror.turn('exposures');
    const { exposures } = JSON.parse(await done('inventory', 'exposures', '--format', 'json', ...args));
    return exposures
      .map(({ host, program, ended }: Record<string, unknown>) =>
        [host, program, ...(ended === null ? [] : [(ended as { by: string }).by])].join(' '),
      )
      .sort();
  };
  await add('web', 'web');
  await add('worker', 'worker');
  await report('web-1', 'production', 'web', 'worker');
  await report('web-2', 'staging', 'web');
  await mirror.settle();
  const affected = (...args: string[]) => command('affected', 'CVE-2026-0301', ...args);
  return { cwd, mirror, clock, command, done, add, report, exposures, affected };
}

it('ends an exposure with its reason while it holds, for the next builds too, and never hides it', async (t) => {
  const s = await scene(t);
  assert.deepEqual(await s.exposures(), ['web-1 /opt/web', 'web-1 /opt/worker', 'web-2 /opt/web']);
  const say = ['vex', 'add', 'RUSTSEC-2026-9001', '--crate', 'deep@1.0.0', '--until', '2026-10-01'];
  const why = ['--status', 'not_affected', '--justification', 'vulnerable_code_not_in_execute_path'];

  // Nothing is said of all at once by a slip.
  const slip = await s.command(...say, ...why);
  assert.deepEqual([slip.code, /--all/.test(slip.stderr)], [64, true], slip.stderr);
  const none = await s.command(...say, ...why, '--name', 'we');
  assert.deepEqual(
    [none.code, none.stdout.split(':').at(-1)],
    [1, ' no artefact here that it is about has deep@1.0.0.\n'],
  );

  assert.equal(
    await s.done(...say, ...why, '--name', 'web', '--reason', 'Nobody parses.'),
    'Statement 1: RUSTSEC-2026-9001 in pkg:cargo/deep@1.0.0: not_affected\n  for 1 artefact, and the next builds of them\n',
  );
  assert.deepEqual(await s.exposures(), ['web-1 /opt/worker']);
  assert.deepEqual(await s.exposures('--closed'), ['web-1 /opt/web stated', 'web-2 /opt/web stated']);
  assert.match(
    await s.done('inventory', 'exposures', '--closed'),
    /still there, and said not to be struck: not_affected \(vulnerable_code_not_in_execute_path\), by admin until 2026-10-01 \(statement 1\)/,
  );
  const some = await s.affected();
  assert.equal(some.code, 1);
  assert.match(
    some.stdout,
    /^2 of 2 artefacts have it\. Of 1 statements \(VEX\) say that it does not strike\./m,
  );
  assert.match(
    some.stdout,
    /said: not_affected \(vulnerable_code_not_in_execute_path\): Nobody parses\. \(statement 1 by admin, until 2026-10-01\)/,
  );

  // The next build runs: with the same features it is covered, with others it is not, and says so.
  await s.add('web-next', 'web');
  await s.add('web-other', 'web', ['std', 'parser']);
  await s.report('web-2', 'staging', 'web-next', 'web-other');
  assert.deepEqual(await s.exposures(), ['web-1 /opt/worker', 'web-2 /opt/web-other']);
  const other = await s.affected();
  assert.match(other.stdout, /said: of other features than this build has: not_affected/);

  // All of it, by one act.
  await s.done(...say, ...why, '--project', project);
  assert.deepEqual(await s.exposures(), []);
  const all = await s.affected();
  assert.equal(all.code, 0);
  assert.match(
    all.stdout,
    /^4 of 4 artefacts have CVE-2026-0301, and statements \(VEX\) say of all of them/m,
  );
  // A crate alone is no flaw that anybody could have said something of.
  assert.equal((await s.command('affected', 'deep@1.0.0')).code, 1);

  // Its time is over: nobody does anything, and it is open again.
  s.clock.advance('40d');
  await s.mirror.settle();
  assert.deepEqual(await s.exposures(), [
    'web-1 /opt/web',
    'web-1 /opt/worker',
    'web-2 /opt/web-next',
    'web-2 /opt/web-other',
  ]);
  const over = await s.affected();
  assert.equal(over.code, 1);
  assert.match(over.stdout, /said: its time is over: not_affected/);
  assert.match(await s.done('vex', 'list', '--state', 'expired'), /^2: RUSTSEC-2026-9001 in /);
});

it('goes out as the three formats and comes back in, is withdrawn, and is written down', async (t) => {
  const s = await scene(t);
  const add = [
    ...['vex', 'add', 'RUSTSEC-2026-9001', '--crate', 'deep@1.0.0', '--until', '2027-01-01', '--project'],
    ...[project, '--status', 'not_affected', '--reason', 'Nobody parses.'],
  ];
  await s.done(...add);
  for (const as of ['openvex', 'cyclonedx', 'csaf']) {
    const file = join(s.cwd, `${as}.json`);
    await s.done('vex', 'export', '--as', as, '--author', 'Example Org', '--output', file);
    // Known as it stands; taken anew once it was withdrawn.
    assert.equal((await s.done('vex', 'import', file)).match(/^Known already/gm)?.length, 2, as);
  }
  assert.equal(await jsonProblem(readFileSync(join(s.cwd, 'cyclonedx.json'), 'utf8'), '1.6'), undefined);
  // For a scanner, which has a name of its own for what it scans.
  const oci = ['vex', 'export', '--as', 'openvex', '--product', 'pkg:oci/shop'];
  assert.deepEqual(
    JSON.parse(await s.done(...oci)).statements.map(
      (one: { products: { '@id': string; subcomponents: { '@id': string }[] }[] }) =>
        one.products.map((product) => [product['@id'], product.subcomponents.map((part) => part['@id'])]),
    ),
    [[['pkg:oci/shop', ['pkg:cargo/deep@1.0.0']]]],
  );
  assert.match((await s.command(...oci.slice(0, -1), 'shop')).stderr, /Give product as a package URL/);
  await s.done('vex', 'withdraw', '1', '--reason', 'it is called after all');
  assert.deepEqual((await s.exposures()).length, 3);
  assert.equal((await s.command('vex', 'withdraw', '1', '--reason', 'again')).code, 1);
  assert.match(await s.done('vex', 'list'), /withdrawn: it is called after all/);
  const empty = await s.command('vex', 'export', '--as', 'csaf');
  assert.deepEqual([empty.code, empty.stdout], [1, ''], empty.stderr);
  await s.done('vex', 'import', join(s.cwd, 'csaf.json'));
  assert.deepEqual(await s.exposures(), []);
  const listed = JSON.parse(await s.done('vex', 'list', '--state', 'valid', '--format', 'json')).statements;
  assert.deepEqual(
    listed.map(({ author, until, by, covers }: Record<string, unknown>) => [
      author,
      until,
      by,
      (covers as { name: string }[])[0]?.name,
    ]),
    ['web', 'worker'].map((name) => ['admin', '2027-01-01T00:00:00.000Z', 'admin', name]),
  );

  // A vendor's document that names none of ours and no end: which artefacts, until when, is ours to say.
  const vendor = join(s.cwd, 'vendor.json');
  writeFileSync(
    vendor,
    JSON.stringify({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': 'https://vendor.example/1',
      author: 'Vendor',
      timestamp: '2026-08-15T00:00:00Z',
      version: 1,
      statements: [
        {
          vulnerability: { name: 'CVE-2026-0301' },
          products: [{ '@id': 'pkg:cargo/deep@1.0.0' }],
          status: 'fixed',
        },
        {
          vulnerability: { name: 'CVE-2026-0301' },
          products: [{ '@id': 'pkg:cargo/deep@1.0.0' }],
          status: 'fine',
        },
      ],
    }),
  );
  assert.equal((await s.command('vex', 'import', vendor)).code, 64);
  const unnamed = await s.command('vex', 'import', vendor, '--until', '2026-12-01');
  assert.equal(unnamed.code, 1);
  assert.match(
    unnamed.stdout,
    /Not taken: .*vendor\.json: statements\[1\]: its status `fine` is no word of OpenVEX\./,
  );
  assert.match(unnamed.stdout, /no artefact that can be looked for/);
  const named = await s.command('vex', 'import', vendor, '--until', '2026-12-01', '--all');
  assert.equal(named.code, 1);
  assert.match(
    named.stdout,
    /^Statement \d+: CVE-2026-0301 in pkg:cargo\/deep@1\.0\.0: fixed\n {2}for 2 artefacts/m,
  );

  const { entries } = (await (await s.mirror.call('/api/v1/audit', { token: s.mirror.token() })).json()) as {
    entries: { action: string; actor: string; subject: string }[];
  };
  assert.deepEqual(
    entries
      .filter(({ action }) => action.startsWith('vex.'))
      .map(({ action, actor, subject }) => [action, actor, subject]),
    [
      ['vex.stated', 'admin', 'RUSTSEC-2026-9001 deep@1.0.0'],
      ['vex.withdrawn', 'admin', 'statement 1'],
      ...[1, 2].map(() => ['vex.stated', 'admin', 'CVE-2026-0301 deep@1.0.0']),
      ['vex.stated', 'admin', 'CVE-2026-0301 deep@1.0.0'],
    ],
  );
});

it('answers by host, environment, team and what runs, as a table too; a host that is retired runs nothing', async (t) => {
  const s = await scene(t);
  await s.add('idle', 'idle');
  const count = async (...args: string[]) => {
    const { count, total, running } = JSON.parse((await s.affected('--format', 'json', ...args)).stdout);
    return `${count} of ${total}, ${running.hosts} ${running.processes}`;
  };
  assert.equal(await count(), '3 of 3, 2 3');
  assert.equal(await count('--running'), '2 of 2, 2 3');
  assert.equal(await count('--environment', 'staging'), '1 of 1, 1 1');
  assert.equal(await count('--host', 'web-1', '--target', target), '2 of 2, 1 2');
  assert.equal(await count('--team', 'shop', '--environment', 'production', '--name', 'work'), '1 of 1, 1 1');
  assert.equal(await count('--team', 'nobody'), '0 of 0, 0 0');
  const table = (await s.affected('--format', 'csv', '--limit', '1')).stdout.trim().split('\n');
  assert.match(table[0] ?? '', /^asked,artefact,name,target,/);
  assert.equal(table.length, 1 + 4, 'two hosts for web, one for worker, none for idle');
  assert.equal(table.filter((line) => /,web-2,staging,shop,\/opt\/web,1,0,,$/.test(line)).length, 1);

  // Every page of each list, a line for each entry.
  const lines = async (...args: string[]) =>
    (await s.done('inventory', ...args, '--format', 'csv', '--limit', '1')).trim().split('\n');
  for (const [args, head, entries, one] of [
    [['list'], /^id,name,version,/, 3, /^[0-9a-f]{64},idle,,x86_64-unknown-linux-gnu,/],
    [['search', 'deep'], /^component,kind,/, 1, /^pkg:cargo\/deep@1\.0\.0,cargo,deep,1\.0\.0,crates\.io,3$/],
    [['running'], /^host,pid,path,/, 3, /^web-2,\d+,\/opt\/web,/],
    [['hosts'], /^host,environment,/, 2, /^web-1,production,shop,/],
    [['exposures'], /^id,state,advisory,/, 3, /,web-2,staging,shop,.*,\/opt\/web,.*,false,$/],
  ] as const) {
    const [first = '', ...rest] = await lines(...args);
    assert.match(first, head);
    assert.equal(rest.length, entries, args.join(' '));
    assert.ok(
      rest.some((line) => one.test(line)),
      rest.join('\n'),
    );
  }

  assert.match(await s.done('inventory', 'hosts'), /^web-1 +production +shop +2 +2 /m);
  assert.match(
    await s.done('inventory', 'retire', 'web-1', '--reason', 'scrapped'),
    /^web-1 is out of service: 2 processes of it count no more\./,
  );
  assert.deepEqual(await s.exposures(), ['web-2 /opt/web']);
  assert.deepEqual(await s.exposures('--closed'), ['web-1 /opt/web retired', 'web-1 /opt/worker retired']);
  assert.match(
    await s.done('inventory', 'exposures', '--closed'),
    /its host is out of service: admin took its/,
  );
  assert.equal(await count('--running'), '1 of 1, 1 1');
  assert.match(await s.done('inventory', 'hosts', '--retired'), /^web-1 .* by admin$/m);
  assert.doesNotMatch(await s.done('inventory', 'hosts'), /web-1/);
  assert.equal((await s.command('inventory', 'retire', 'web-1', '--reason', 'again')).code, 1);
  // Who reports is back.
  await s.report('web-1', 'production', 'web');
  assert.deepEqual(await s.exposures(), ['web-1 /opt/web', 'web-2 /opt/web']);
  assert.match(await s.done('inventory', 'hosts'), /^web-1 /m);
});
