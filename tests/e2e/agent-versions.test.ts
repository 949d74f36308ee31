/**
 * Agents and servers of other versions: what a server does not know of a newer agent's report it leaves out and says
 * so; a slip in what it knows is refused.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { reportVersion } from '../../src/agent/report.ts';
import { safeguard } from '../cli/support.ts';
import { startScene } from '../support/scene.ts';
import { tempDir } from '../support/temp.ts';

const program = 'a'.repeat(64);
const process = { pid: 7, started: 1, path: '/opt/app', sha256: program, state: 'present', stale: [] };
const file = { path: '/usr/lib/libssl.so.3', state: 'present', class: 'tls', by: 'database' };
const timer = { path: '/opt/job', named: 'cron', by: '/etc/cron.d/job', needed: [0], possible: [] };
const report = {
  bootId: 'b',
  unread: 0,
  processes: [{ ...process, loaded: [0] }],
  objects: [file],
  installed: [timer],
};

it('takes reports of older and of newer agents, and refuses slips in what it knows', async (t) => {
  const { mirror } = await startScene(t);
  const token = mirror.token();
  const tell = async (host: string, more: object) => {
    const body = { host, ...report, ...more };
    const answer = await mirror.call('/api/v1/sightings', { method: 'POST', body, token });
    return { status: answer.status, json: JSON.parse(await answer.text()) };
  };
  const older = await tell('older', {});
  assert.deepEqual([older.status, older.json.ignored], [200, []], 'agents of before say no version');
  const same = { version: reportVersion };
  assert.equal((await tell('same', same)).status, 200);

  // What nobody knows is a slip, whether or not a version stands beside it.
  const unknown = { processes: [{ ...process, cgroup: '/x' }] };
  for (const version of [{}, { version: 1 }, same])
    assert.equal((await tell('slip', { ...version, ...unknown })).status, 400, JSON.stringify(version));

  const newer = {
    version: reportVersion + 1,
    namespaces: { net: 1 },
    processes: [
      { ...process, cgroup: '/x', loaded: [0] },
      { ...process, pid: 8, cgroup: '/y' },
    ],
    objects: [{ ...file, class: 'sandbox', by: 'flatpak' }],
    installed: [{ ...timer, named: 'timer', every: '1h' }],
  };
  const taken = await tell('newer', newer);
  assert.deepEqual(
    [taken.status, taken.json.processes, taken.json.ignored.toSorted()],
    [
      200,
      2,
      [
        'installed[].every',
        'installed[].named',
        'namespaces',
        'objects[].by',
        'objects[].class',
        'processes[].cgroup',
      ],
    ],
  );
  // And so is a change of it.
  const change = { kind: 'change', session: 's', sequence: 1, begun: [], ended: [], sum: 0 };
  const { processes: _, objects: __, installed: ___, ...labels } = report;
  const first = await tell('newer', { ...newer, session: 's', sequence: 1 });
  assert.equal(first.status, 200);
  const asked = { host: 'newer', ...labels, ...change, version: reportVersion + 1, sequence: 2 };
  const changed = await mirror.call('/api/v1/sightings', { method: 'POST', body: asked, token });
  assert.deepEqual(
    [changed.status, ((await changed.json()) as { ignored: unknown }).ignored],
    [200, ['sum']],
  );
  // What it does know must be right, of whatever version.
  for (const wrong of [
    { processes: [{ ...process, state: 'floating' }] },
    { processes: [{ ...process, pid: 'seven' }] },
    { bootId: undefined },
    { version: '99' },
  ])
    assert.equal((await tell('wrong', { ...newer, ...wrong })).status, 400, JSON.stringify(wrong));

  // Told where people look: in the log once, in the list of hosts, as a metric.
  const warnings = mirror.log.filter((line) => /newer version/.test(line));
  assert.equal(warnings.length, 1, warnings.join('\n'));
  assert.match(
    warnings[0] ?? '',
    /The agent of newer is of a newer version .*; left out: .*processes\[\]\.cgroup/,
  );
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: token };
  const listed = await safeguard(['inventory', 'hosts'], { cwd: tempDir(t), env });
  assert.match(listed.stderr, /^Agents of a newer version than the server, .*: newer\.$/m);
  const metrics = await (await mirror.call('/metrics', { token })).text();
  assert.match(metrics, /^safeguard_agents\{version="older"\} 1$/m);
  assert.match(metrics, /^safeguard_agents\{version="same"\} 1$/m);
  assert.match(metrics, /^safeguard_agents\{version="newer"\} 1$/m);
  const status = await safeguard(['mirror', 'status'], { cwd: tempDir(t), env });
  assert.match(
    status.stdout,
    /^agents +3, 1 of an older version, 1 of a newer version than this server, which leaves out .*: safeguard inventory hosts$/m,
  );
  const affected = await mirror.call('/api/v1/sightings?host=newer', { token });
  assert.equal(((await affected.json()) as { processes: unknown[] }).processes.length, 2);
});
