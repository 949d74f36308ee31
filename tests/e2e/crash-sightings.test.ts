/**
 * `kill -9` of the server and of an agent while a host tells what waited on its disk and builds send their artefacts,
 * by a clock that is set back and forth: nothing that was acknowledged is lost, and nothing counts twice.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import pg from 'pg';
import { DiskQueue } from '../../src/agent/queue.ts';
import type { HostMessage, SeenProcess } from '../../src/agent/report.ts';
import { sender } from '../../src/agent/send.ts';
import { type Answer, Watch } from '../../src/agent/watch.ts';
import { unionOf } from '../../src/store/inventory/set-index.ts';
import { binary, crate } from '../inventory/samples.ts';
import { startMirror } from '../support/mirror.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';
import { seeded, startVictim, type Victim } from '../support/victim.ts';

const size = {
  SQLite: { rounds: 8, queued: 400 },
  PostgreSQL: { rounds: 4, queued: 200 },
} as const;
const start = Date.UTC(2026, 8, 1);
/** Programs of the host, each an artefact. */
const programs = 30;
const digestOf = (i: number) => i.toString(16).padStart(64, '0');

for (const { name, skip } of databases) {
  test(`kills while a host and builds report, on ${name}`, { skip, timeout: 900_000 }, async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const data = tempDir(t);
    const database = await databaseFor(name, t);
    const { rounds, queued } = size[name];
    const random = seeded(20_260_820);
    const folder = tempDir(t);

    // A host whose pids are given again and again, to another program or the same one.
    let uptime = 0;
    let last = 0;
    const ever = new Set<string>();
    let processes: readonly SeenProcess[] = [];
    const change = () => {
      const pid = 1 + random(20);
      const next: SeenProcess = {
        ...{ pid, started: ++last, path: '/opt/app', sha256: digestOf(random(programs)), state: 'present' },
        ...{ stale: [], loaded: [], possible: [] },
      };
      processes = [...processes.filter((one) => one.pid !== pid), next];
      ever.add(`${pid} ${last}`);
      uptime += 1000;
    };
    let send: (message: HostMessage) => Promise<Answer> = async () => ({ kind: 'away', reason: 'nobody' });
    const agentOf = (session: string) =>
      new Watch({
        look: () => ({ bootId: 'b0', processes, installed: [], unread: 0 }),
        send: (message) => send(message),
        queue: new DiskQueue(folder),
        uptime: () => uptime,
        session: () => session,
        labels: { host: 'web-1' },
      });
    let agent = agentOf('s0');
    for (let i = 0; i < queued; i++) {
      change();
      assert.equal((await agent.step()).lost, 0);
    }
    const waiting = (await agent.step()).waiting;
    assert.equal(waiting, queued);

    const sent = new Set<number>();
    const acknowledged = new Set<number>();
    const add = async (victim: Victim, i: number) => {
      sent.add(i);
      const file = { sha256: digestOf(i) };
      const body = binary('0', [crate('shared', '1.0.0'), crate(`own-${i}`, '1.0.0')], { file });
      const answer = await fetch(`${victim.url}/api/v1/artefacts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${victim.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined);
      if (answer === undefined) return false;
      assert.ok(answer.status < 300, `${answer.status}: ${await answer.text().catch(() => '')}`);
      acknowledged.add(i);
      return true;
    };

    let taken = 0;
    for (let round = 0; round <= rounds; round++) {
      const isLast = round === rounds;
      const jump = [0, 86_400_000, -3_600_000, 60_000][round % 4] ?? 0;
      const victim = await startVictim(
        { upstream: upstream.indexUrl, data, ...database, now: start + jump },
        t,
      );
      const tell = sender({ url: victim.url, token: victim.token, isNear: true });
      let answers = 0;
      // In the middle of what waits, so that each kill leaves some of it.
      const end = 1 + random(Math.ceil(queued / rounds));
      const answered = () => {
        if (!isLast && ++answers >= end) void victim.kill();
      };
      send = async (message) => {
        const answer = await tell(message);
        if (answer.kind === 'taken') {
          taken++;
          answered();
        }
        return answer;
      };
      // Who was killed begins anew, as a run of its own, with what waits on its disk.
      if (round % 2 === 1) agent = agentOf(`s${round}`);
      change();
      const host = agent.step();
      const builds = Array.from({ length: 3 }, async (_, lane) => {
        for (let i = lane; i < programs + 10 * round; i += 3)
          if (!acknowledged.has(i)) {
            if (!(await add(victim, i))) return;
            answered();
          }
      });
      await Promise.all([host, ...builds]);
      assert.equal((await host).lost, 0);
      if (isLast) assert.equal((await agent.step()).waiting, 0);
      await victim.kill();
    }
    t.diagnostic(`${taken} messages and ${acknowledged.size} artefacts were acknowledged`);
    assert.deepEqual(acknowledged, sent);

    const mirror = await startMirror(
      { upstream: upstream.indexUrl, data, ...database, clock: { now: () => start } },
      t,
    );
    const { inventory, sightings } = mirror.server.store;
    const artefacts = await inventory.artefacts({ limit: 1000 });
    assert.deepEqual(artefacts.map(({ digest }) => digest).toSorted(), [...sent].map(digestOf).toSorted());
    assert.equal(await inventory.countArtefacts({}), sent.size);
    const ids = (await inventory.componentsNamed('cargo', 'shared')).map(({ id }) => id);
    const sets = unionOf((await inventory.setsWith(ids)).values());
    assert.deepEqual(await inventory.usesOf([sets]), [{ artefacts: sent.size, partly: 0 }]);
    const open = await sightings.processes({ limit: 1000 });
    const keys = (list: readonly { readonly pid: number; readonly started: number }[]) =>
      list.map(({ pid, started }) => `${pid} ${started}`).toSorted();
    assert.deepEqual(keys(open), keys(processes));
    assert.deepEqual(
      open.map(({ standing }) => standing),
      open.map(() => 'known'),
    );
    assert.deepEqual(await sightings.countRunning({}), { hosts: 1, processes: processes.length });
    await mirror.close();
    // Also what ended is known once each, though it waited when the server was killed.
    assert.deepEqual((await kept(database.database ?? data)).toSorted(), [...ever].toSorted());
  });
}

/** Every process that a database ever knew. */
async function kept(place: string): Promise<readonly string[]> {
  const text = 'select pid, started from processes';
  if (!place.startsWith('postgres')) {
    const database = new DatabaseSync(join(place, 'safeguard.db'), { readOnly: true });
    const rows = database.prepare(text).all();
    database.close();
    return rows.map(({ pid, started }) => `${pid} ${started}`);
  }
  const client = new pg.Client({ connectionString: place });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows.map(({ pid, started }) => `${pid} ${started}`);
}
