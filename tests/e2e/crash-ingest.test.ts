/** `kill -9` while crates come in: what was answered is still so, nothing torn is served, nothing is let in early. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { assertBlobsWhole, assertLogTellsStates, assertNoneEarly } from '../support/aftermath.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { get, type HttpResponse } from '../support/http.ts';
import { startMirror } from '../support/mirror.ts';
import { downloadPathOf, indexPathOf, noise, usableVersions } from '../support/scene.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { isDownload, startUpstream, type Upstream } from '../support/upstream.ts';
import { seeded, startVictim, type Victim } from '../support/victim.ts';

/** A server on PostgreSQL takes longer to start. */
const rounds = { SQLite: 20, PostgreSQL: 8 } as const;
/** By which the few rounds come to every kind of moment, too. */
const seeds = { SQLite: 20_260_820, PostgreSQL: 7 } as const;
const perRound = 4;

/** What a client was told, by path. */
type Answers = Map<string, HttpResponse>;

for (const { name, skip } of databases) {
  test(`${rounds[name]} kills during ingest on ${name}`, { skip, timeout: 600_000 }, async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const data = tempDir(t);
    const database = await databaseFor(name, t);
    const clock = testClock('2026-09-01T12:00:00Z');
    const random = seeded(seeds[name]);
    const published: Crate[] = [];
    const told: Answers = new Map();
    const blocked: string[] = [];
    const moments = new Map<string, number>();

    for (let round = 0; round < rounds[name]; round++) {
      const crates = Array.from({ length: perRound }, (_, i) => `crate-${round}-${i}`);
      for (const crate of crates) published.push(publish(upstream, crate, '1.0.0'));
      const victim = await startVictim(
        { upstream: upstream.indexUrl, data, ...database, now: clock.now() },
        t,
      );
      if (round === 0 && name === 'SQLite') await assertSecondIsRefused(upstream, data, clock);
      const { what, arm } = moment(upstream, victim, random);
      moments.set(what, (moments.get(what) ?? 0) + 1);
      const answered = arm();

      // Clients come, a new release appears, an operator blocks: all at once, until it dies.
      const asks = crates.map(async (crate) => {
        for (const path of [indexPathOf(crate), downloadPathOf(crate, '1.0.0')]) {
          const answer = await get(victim.url + path).catch(() => undefined);
          if (answer?.status !== 200) return;
          told.set(path, answer);
          answered();
        }
      });
      asks.push(
        blockOne(victim, crates[0] ?? '').then((done) => {
          if (!done) return;
          blocked.push(crates[0] ?? '');
          answered();
        }),
      );
      await Promise.all(asks);
      if (!victim.isDead()) {
        for (const crate of crates) published.push(publish(upstream, crate, '1.1.0', clock.iso()));
        clock.advance('10m');
        if (await victim.tick(clock.now())) answered();
      }
      await victim.kill();
      upstream.heal();
      // The crates of this round and the one before; all of them at the end.
      const recent = round === rounds[name] - 1 ? published : published.slice(-4 * perRound);
      await assertSound(t, { upstream, data, database, clock, published: recent, told, blocked });
    }
    t.diagnostic(JSON.stringify(Object.fromEntries(moments)));
    assert.ok(moments.size >= 4, 'the kills came at different moments');
  });
}

/** Chooses when it dies, and arranges that; the returned function is called for every answer that came. */
function moment(upstream: Upstream, victim: Victim, random: (below: number) => number) {
  const count = 1 + random(2 * perRound);
  const at = (now: number) => {
    if (now === count) void victim.kill();
  };
  let [requests, answers] = [0, 0];
  const kinds: readonly { what: string; arm: () => () => void }[] = [
    {
      what: 'as a request reaches the upstream',
      arm: () => {
        upstream.holdResponses(() => {
          at(++requests);
          return false;
        });
        return () => {};
      },
    },
    {
      what: 'in the middle of a body',
      arm: () => {
        const parts = upstream.holdBodies(isDownload(), 1 + random(15_000));
        void parts.onWaiting(1 + random(2)).then(() => victim.kill());
        return () => {};
      },
    },
    { what: 'after an answer', arm: () => () => at(++answers) },
    {
      what: 'some turns after an answer',
      arm: () => () => {
        if (++answers !== count) return;
        let turns = random(200);
        const turn = () => void (turns-- > 0 ? setImmediate(turn) : victim.kill());
        turn();
      },
    },
  ];
  return kinds[random(kinds.length)] ?? assert.fail();
}

async function assertSound(
  t: TestContext,
  all: {
    upstream: Upstream;
    data: string;
    database: { database?: string };
    clock: TestClock;
    published: readonly Crate[];
    told: Answers;
    /** Crates whose block was acknowledged, in any round. */
    blocked: readonly string[];
  },
): Promise<void> {
  const { upstream, data, database, clock, published, told } = all;
  assertBlobsWhole(data);
  // Nobody to ask: what is served now was kept.
  await upstream.vanish();
  const mirror = await startMirror({ upstream: upstream.indexUrl, clock, data, ...database }, t);
  await assertLogTellsStates(mirror);
  await assertNoneEarly(mirror, clock.now());
  const asked = new Set([...published.map(({ name }) => name), ...all.blocked]);
  const blocks = await Promise.all(
    [...asked].map((name) => mirror.server.store.activeBlocks('upstream', name)),
  );
  const withBlock = new Set(blocks.flat().map(({ key }) => key));
  for (const [path, answer] of told) {
    const crate = published.find(({ name }) => path.split('/').includes(name));
    if (crate === undefined) continue;
    const now = await get(mirror.url + path);
    // A block that was not acknowledged may have been made.
    if (withBlock.has(crate.name) && path.startsWith('/crates/')) assert.equal(now.status, 403, path);
    else assert.equal(now.status, 200, `${path} was answered before the kill`);
    if (now.status === 200 && path.startsWith('/crates/')) assert.deepEqual(now.body, answer.body);
  }
  for (const { name, version, bytes } of published) {
    const index = await get(mirror.url + indexPathOf(name));
    if (index.status === 200) assert.ok(!usableVersions(index).includes('1.1.0'));
    else assert.equal(index.status, 503);
    const download = await get(mirror.url + downloadPathOf(name, version));
    if (download.status === 200) assert.deepEqual(download.body, bytes);
    else assert.ok([403, 404, 503].includes(download.status), String(download.status));
    if (version === '1.1.0') assert.notEqual(download.status, 200);
  }
  for (const name of all.blocked) assert.ok(withBlock.has(name), `the acknowledged block of ${name} is kept`);
  await mirror.close();
  await upstream.comeBack();
}

async function assertSecondIsRefused(upstream: Upstream, data: string, clock: TestClock): Promise<void> {
  await assert.rejects(startMirror({ upstream: upstream.indexUrl, clock, data }), { code: 'store/locked' });
}

async function blockOne(victim: Victim, crate: string): Promise<boolean> {
  try {
    const { status } = await fetch(`${victim.url}/api/v1/quarantine/block`, {
      method: 'POST',
      headers: { authorization: `Bearer ${victim.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ crate, reason: 'a test' }),
    });
    return status === 200;
  } catch {
    return false;
  }
}

function publish(upstream: Upstream, name: string, version: string, pubtime?: string): Crate {
  const crate = makeCrate({ name, version, files: { 'data.bin': noise(20_000) } });
  upstream.publish(crate, pubtime === undefined ? {} : { pubtime });
  return crate;
}
