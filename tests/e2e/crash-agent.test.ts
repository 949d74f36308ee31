/**
 * `kill -9` of the agent's process while the server takes what waited on its disk: before each kind of change of its
 * queue, before a message is there, before its answer is read, and together with the server. Nothing is lost, and
 * nothing counts twice.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { DiskQueue } from '../../src/agent/queue.ts';
import type { SeenProcess } from '../../src/agent/report.ts';
import { Watch } from '../../src/agent/watch.ts';
import { finished, main, start } from '../cli/support.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';
import { startVictim, type Victim } from '../support/victim.ts';

/** Changes that wait when the first agent begins. */
const queued = 120;
/** Of another boot than this machine's, so that nobody's own processes are among them. */
const bootId = 'b0';

/**
 * Where an agent is killed: before a change below its queue's folder (the first makes the folder, two keep what it saw,
 * the others forget what was taken), or at a message.
 */
type Kill =
  | { readonly change: number }
  /** `asked`: the server does not get it; `taken`: its answer is on the way; `both`: the server dies while it has it. */
  | { readonly message: number; readonly when: 'asked' | 'taken' | 'both' };

const kills: readonly Kill[] = [
  { change: 2 },
  { change: 3 },
  { change: 4 },
  { change: 20 },
  { message: 1, when: 'asked' },
  { message: 6, when: 'taken' },
  { message: 9, when: 'both' },
  { message: 1, when: 'taken' },
];

interface Told {
  readonly session: string;
  readonly sequence: number;
  readonly processes?: readonly { readonly pid: number; readonly started: number }[];
}

for (const { name, skip } of databases) {
  test(`kills of an agent that tells what waited, on ${name}`, {
    skip: skip || (process.platform !== 'linux' && 'there is no /proc'),
    timeout: 900_000,
  }, async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const database = await databaseFor(name, t);
    const options = { upstream: upstream.indexUrl, data: tempDir(t), ...database, now: Date.UTC(2026, 8, 1) };
    const cwd = tempDir(t);
    const folder = join(cwd, 'queue');
    const ever = await waitOnDisk(folder);
    const waiting = () => readdirSync(folder).filter((file) => file.endsWith('.json')).length;
    assert.equal(waiting(), queued + 1);

    let victim = await startVictim(options, t);
    const between = await startBetween(t, () => victim);
    const agent = (env: Readonly<Record<string, string>> = {}) => {
      const imported = fileURLToPath(new URL('../support/kill-at.ts', import.meta.url));
      const args = ['agent', '--host', 'web-1', '--period', '3600', '--queue', folder];
      const child = start(process.execPath, ['--import', imported, main, ...args], {
        cwd,
        env: { SAFEGUARD_SERVER: between.url, SAFEGUARD_TOKEN: victim.token, ...env },
      });
      t.after(() => void child.kill('SIGKILL'));
      return { child, end: finished(child) };
    };

    for (const kill of kills) {
      const before = waiting();
      const { child, end } = agent(
        'change' in kill ? { KILL_AT: String(kill.change), KILL_BELOW: folder } : {},
      );
      let died: Promise<unknown> = Promise.resolve();
      between.begin(async (message, forward) => {
        if (!('message' in kill) || message !== kill.message) return await forward();
        const answer = kill.when === 'asked' ? undefined : forward().catch(() => undefined);
        if (kill.when === 'taken') await answer;
        child.kill('SIGKILL');
        if (kill.when === 'both') died = victim.kill();
        await end;
        return undefined;
      });
      const { code, stderr } = await Promise.race([end, between.failed]);
      assert.equal(code, null, `${JSON.stringify(kill)}: ${stderr}`);
      await died;
      if (victim.isDead()) victim = await startVictim(options, t);
      t.diagnostic(`${JSON.stringify(kill)}: ${before} waited, ${waiting()} wait`);
      assert.ok(waiting() > 20, 'something is left for the next ones');
    }

    const { child, end } = agent();
    between.begin(async (_, forward) => await forward());
    const done = Promise.withResolvers<void>();
    const look = setInterval(() => waiting() === 0 && done.resolve(), 50);
    await Promise.race([done.promise, end, between.failed]);
    clearInterval(look);
    child.kill('SIGTERM');
    const { code, stderr } = await end;
    assert.equal(code, 0, stderr);
    await victim.kill();

    // Each message was taken, and the server says so of those that came again, too.
    assert.ok(between.taken.size > queued);
    assert.ok(between.answers > between.taken.size, 'none came twice');
    const rows = await kept(database.database ?? options.data);
    const of = (which: (row: Kept) => boolean) =>
      rows.filter(which).map(({ pid, started }) => `${pid} ${started}`);
    assert.deepEqual(of((row) => row.boot_id === bootId).toSorted(), [...ever].toSorted());
    // What is open is what the last one saw, and no process of the boot before.
    assert.deepEqual(
      of((row) => row.ended_at === null).toSorted(),
      (between.last?.processes ?? []).map(({ pid, started }) => `${pid} ${started}`).toSorted(),
    );
  });
}

/** Has a host change while nobody answers; returns every process that there was. */
async function waitOnDisk(folder: string): Promise<ReadonlySet<string>> {
  const ever = new Set<string>();
  let processes: readonly SeenProcess[] = [];
  let uptime = 0;
  const watch = new Watch({
    look: () => ({ bootId, processes, installed: [], unread: 0 }),
    send: async () => ({ kind: 'away', reason: 'nobody' }),
    queue: new DiskQueue(folder),
    uptime: () => ++uptime,
    session: () => 's',
    labels: { host: 'web-1' },
  });
  for (let i = 0; i <= queued; i++) {
    // Few pids, given again and again.
    const pid = 1 + ((7 * i) % 20);
    const next: SeenProcess = {
      ...{ pid, started: i + 1, path: '/opt/app', sha256: (i % 9).toString(16).padStart(64, '0') },
      ...{ state: 'present', stale: [], loaded: [], possible: [] },
    };
    processes = [...processes.filter((one) => one.pid !== pid), next];
    ever.add(`${pid} ${next.started}`);
    assert.equal((await watch.step()).lost, 0);
  }
  return ever;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}
/** Whoever is between gives the answer on; `undefined`: there is none. `message`: which of this run, from 1. */
type Between = (message: number, forward: () => Promise<Answer>) => Promise<Answer | undefined>;

/** Stands between agents and the server, and knows what was taken. */
async function startBetween(t: TestContext, server: () => Victim) {
  const state = {
    url: '',
    /** Messages that the server said it has. */
    taken: new Set<string>(),
    answers: 0,
    last: undefined as Told | undefined,
    /** Rejects where the server refuses something. */
    failed: undefined as unknown as Promise<never>,
    begin: (next: Between) => {
      between = next;
      message = 0;
    },
  };
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let message = 0;
  let between: Between = async () => undefined;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray());
    const told = JSON.parse(body.toString()) as Told;
    const forward = async () => {
      const answer = await fetch(`${server().url}${request.url}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server().token}`, 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      assert.equal(answer.status, 200, text);
      state.answers++;
      state.taken.add(`${told.session} ${told.sequence}`);
      state.last = told;
      return { status: answer.status, text };
    };
    const answer = await between(++message, forward);
    if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
  };
  const listening = createServer(
    (request, response) =>
      void handle(request, response).catch((error: unknown) => {
        failed.reject(error);
        response.destroy();
      }),
  );
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.after(() => {
    listening.closeAllConnections();
    listening.close();
  });
  state.failed = failed.promise;
  state.url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  return state;
}

interface Kept {
  readonly boot_id: string;
  readonly pid: number;
  readonly started: number;
  readonly ended_at: number | null;
}

/** Every process that a database ever knew. */
async function kept(place: string): Promise<readonly Kept[]> {
  const text = 'select boot_id, pid, started, ended_at from processes';
  if (!place.startsWith('postgres')) {
    const database = new DatabaseSync(join(place, 'safeguard.db'), { readOnly: true });
    const rows = database.prepare(text).all();
    database.close();
    return rows as unknown as Kept[];
  }
  const client = new pg.Client({ connectionString: place });
  await client.connect();
  const { rows } = await client.query<Kept>(text);
  await client.end();
  return rows;
}
