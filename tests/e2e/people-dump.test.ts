/** A database dump in the mirror: what it makes known, when it comes, when it does not, and for how many servers. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readCase, replayCase } from '../../src/policy/case.ts';
import { type DumpRows, dumpArchive, smallDump } from '../support/dump.ts';
import { type DumpServer, dumpServer } from '../support/dump-server.ts';
import { databases, type Stage, type StageOptions, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const old = { pubtime: '2024-08-01T06:17:14Z' };

function configOf(from: string): string {
  return `contact = "ops@acme.example"\n[dump]\nfrom = "${from}"\n`;
}

/** A mirror that has read `arrayref`, and a dump for it. */
async function scene(t: TestContext, options: StageOptions = {}): Promise<{ s: Stage; dumps: DumpServer }> {
  const dumps = await dumpServer(dumpArchive(smallDump()));
  t.after(() => dumps.close());
  const s = await stage(t, { start: '2026-08-20T06:00:00Z', config: configOf(dumps.url), ...options });
  s.publish('arrayref', '0.3.9', old);
  await s.index('arrayref');
  return { s, dumps };
}

async function explained(s: Stage, what: string) {
  return (await (await s.mirror.call(`/api/v1/explain/${what}`)).json()) as {
    case: { facts: Record<string, { kind: string; source: string; value: Record<string, unknown> }> };
    trust?: { score: number; lines: { part: string; says: string }[] };
  };
}

function alarms(s: Stage): readonly string[] {
  return s.mirror.log.filter((line) => line.includes('ALARM'));
}

/** The small dump with more crates, each used that much. */
function withCrates(more: readonly [name: string, downloads: number][]): DumpRows {
  const rows = smallDump();
  const made = '2016-01-01 00:00:00+00';
  const added = more.map(([name], i) => ({ id: 100 + i, name, created_at: made, updated_at: made }));
  const uses = more.map(([, downloads], i) => ({ crate_id: 100 + i, downloads }));
  return {
    ...rows,
    crates: [...(rows.crates ?? []), ...added],
    crate_downloads: [...(rows.crate_downloads ?? []), ...uses],
  };
}

for (const { name, skip } of databases) {
  describe(`a database dump in a mirror on ${name}`, { skip }, () => {
    const on = (t: TestContext, options: StageOptions = {}) => scene(t, { database: name, ...options });

    it('says who is behind a release: a stranger who became an owner days ago asks for a review', async (t) => {
      const { s, dumps } = await on(t);
      await s.mirror.settle();
      assert.deepEqual(dumps.answered, ['200 safeguard (ops@acme.example)']);
      s.publish('arrayref', '0.3.10', { pubtime: '2026-08-20T06:00:00Z' });
      await s.pass('10m');
      const release = await s.release('arrayref', '0.3.10');
      assert.equal(release.state, 'review');
      const finding = release.verdict.findings.find(({ rule }) => rule === 'publisher-changed');
      assert.match(
        finding?.message ?? '',
        /^newcomer published it, for the first time in 3 releases; .* droundy\. They became an owner 2 days before it/,
      );
      assert.ok(release.verdict.findings.some(({ rule, effect }) => rule === 'age' && effect === 'hold'));
      const { trust, case: judged } = await explained(s, 'arrayref/0.3.10');
      assert.ok(trust !== undefined && trust.score < 60, JSON.stringify(trust));
      const stable = trust.lines.find(({ part }) => part === 'stable-owners');
      assert.match(stable?.says ?? '', /since an owner was last added: 2 days/);
      assert.equal(judged.facts.popularity?.value.downloads, 120_000_000);
      assert.equal(judged.facts.popularity?.source, 'database dump');
      const recorded = readCase(judged);
      assert.ok(recorded !== undefined && replayCase(recorded).same, 'it can be judged again');
    });

    it('that arrives later is what releases are judged anew by, without anybody’s asking', async (t) => {
      const { s, dumps } = await on(t);
      dumps.fail(503);
      s.publish('lantern', '1.0.0', { pubtime: '2026-08-19T00:00:00Z' });
      await s.index('lantern');
      await s.mirror.settle();
      assert.deepEqual(
        alarms(s).map((line) => /The dump cannot be had: status 503/.test(line)),
        [true],
      );
      const before = await s.release('lantern', '1.0.0');
      assert.equal(before.state, 'held');
      dumps.fail(undefined);
      dumps.put(dumpArchive(withCrates([['lanterns', 900_000]])));
      s.clock.advance('59m');
      await s.mirror.settle();
      assert.equal(dumps.answered.length, 1, 'it is left alone for an hour');
      s.clock.advance('1m');
      await s.mirror.settle();
      const after = await s.release('lantern', '1.0.0');
      assert.equal(after.state, 'review');
      const finding = after.verdict.findings.find(({ rule }) => rule === 'typosquat');
      assert.match(finding?.message ?? '', /Its name is lanterns with the final s/);
      assert.deepEqual((await s.history('lantern', '1.0.0')).at(-1), 'judged: held → review');
    });

    it('is asked for once a day and taken once, also by two servers', async (t) => {
      const { s, dumps } = await on(t);
      const mirrors = [s.mirror];
      if (name === 'PostgreSQL') mirrors.push(await s.replica());
      const look = async () => {
        await Promise.all(mirrors.map((mirror) => mirror.settle()));
        for (const mirror of mirrors) await mirror.settle();
      };
      await look();
      s.clock.advance('23h');
      await look();
      assert.deepEqual(
        dumps.answered.map((line) => line.slice(0, 3)),
        ['200'],
      );
      s.clock.advance('1h');
      await look();
      assert.deepEqual(
        dumps.answered.map((line) => line.slice(0, 3)),
        ['200', '304'],
      );
      const log = await s.mirror.server.store.log({ limit: 100 });
      const imports = log.filter(({ event }) => event === 'dump-imported');
      assert.deepEqual(
        imports.map(({ registry, details }) => [registry, details?.crates, details?.versions]),
        [['upstream', 3, 6]],
      );
      // Names below the imitated are not kept in memory: of the three, `Fresh_Crate` has 12 downloads.
      for (const mirror of mirrors) {
        const { people, policy } = mirror.server.mirror.context;
        assert.equal(people.namespace(policy.policy).names.size, 2);
      }
    });

    const bad: [what: string, put: (dumps: DumpServer) => void, alarm: RegExp][] = [
      [
        'is cut short',
        (dumps) => {
          const bytes = dumpArchive({ ...smallDump(), crate_downloads: [{ crate_id: 1, downloads: 7 }] });
          dumps.put(bytes);
          dumps.cutAt(bytes.length - 40);
        },
        /The dump cannot be had/,
      ],
      [
        'ends before its end',
        (dumps) => dumps.put(dumpArchive(smallDump()).subarray(0, -40)),
        /The dump ends before its end/,
      ],
      [
        'lost more than a fifth',
        (dumps) => dumps.put(dumpArchive({ ...smallDump(), crates: (smallDump().crates ?? []).slice(0, 1) })),
        /The dump has 1 crates and 6 releases, the last one had 3 and 6: it is not taken/,
      ],
      ['is no dump', (dumps) => dumps.put(Buffer.from('<html>')), /no sound gzip file/],
    ];
    for (const [what, put, alarm] of bad) {
      it(`that ${what} leaves the old one in place, with an alarm, and the mirror serves`, async (t) => {
        const { s, dumps } = await on(t);
        await s.mirror.settle();
        const before = await s.mirror.server.store.dumps.state('upstream');
        put(dumps);
        s.clock.advance('24h');
        await s.mirror.settle();
        assert.deepEqual(await s.mirror.server.store.dumps.state('upstream'), before);
        assert.equal(alarms(s).length, 1);
        assert.match(alarms(s)[0] ?? '', alarm);
        const { facts } = (await explained(s, 'arrayref/0.3.9')).case;
        assert.equal(facts.maintainers?.kind, 'known');
        assert.equal((await s.download('arrayref', '0.3.9')).status, 200);
      });
    }

    it('is forgotten where the configuration says `none`, and then taken anew', async (t) => {
      const { s, dumps } = await on(t);
      await s.mirror.settle();
      await s.restart({ config: '[dump]\nfrom = "none"\n' });
      await s.mirror.settle();
      assert.equal(await s.mirror.server.store.dumps.state('upstream'), undefined);
      const { facts } = (await explained(s, 'arrayref/0.3.9')).case;
      assert.equal(facts.maintainers?.kind, 'unknown');
      dumps.put(dumpArchive({ ...smallDump(), crates: (smallDump().crates ?? []).slice(0, 2) }));
      await s.restart({ config: configOf(dumps.url) });
      await s.mirror.settle();
      assert.equal((await s.mirror.server.store.dumps.state('upstream'))?.crates, 2);
      assert.deepEqual(alarms(s), []);
    });

    it('is what names come from after a restart too, before anything is asked', async (t) => {
      const { s, dumps } = await on(t);
      await s.mirror.settle();
      dumps.fail(503);
      await s.restart();
      const { people, policy } = s.mirror.server.mirror.context;
      assert.equal(people.namespace(policy.policy).source, 'database dump');
    });
  });
}

describe('a database dump in a mirror', () => {
  it('may lie in a file, which is read again when it is another', async (t) => {
    const file = join(tempDir(t), 'dump.tar.gz');
    writeFileSync(file, dumpArchive(smallDump()));
    const { s } = await scene(t, { config: `[dump]\nfrom = "${file}"\ninterval = "1h"\n` });
    await s.mirror.settle();
    s.clock.advance('1h');
    await s.mirror.settle();
    writeFileSync(file, dumpArchive(withCrates([['lanterns', 900_000]])));
    s.clock.advance('1h');
    await s.mirror.settle();
    const log = await s.mirror.server.store.log({ limit: 100 });
    assert.deepEqual(
      log.filter(({ event }) => event === 'dump-imported').map(({ details }) => details?.crates),
      [3, 4],
    );
  });

  it('makes a resemblance to a crate of the same owner none', async (t) => {
    const rows = withCrates([
      ['lanterns', 900_000],
      ['lantern', 10],
    ]);
    const own = (crate: number) => ({
      ...{ crate_id: crate, owner_id: 101, owner_kind: 0, created_at: '2016-01-01 00:00:00+00' },
      created_by: null,
    });
    const { s, dumps } = await scene(t);
    dumps.put(dumpArchive(rows));
    s.publish('lantern', '1.0.0', { pubtime: '2026-08-19T00:00:00Z' });
    await s.index('lantern');
    await s.mirror.settle();
    assert.equal((await s.release('lantern', '1.0.0')).state, 'review');
    dumps.put(dumpArchive({ ...rows, crate_owners: [...(rows.crate_owners ?? []), own(100), own(101)] }));
    s.clock.advance('24h');
    await s.mirror.settle();
    assert.notEqual((await s.release('lantern', '1.0.0')).state, 'review');
  });

  it('goes on judging anew where a server stopped', async (t) => {
    const { s } = await scene(t);
    await s.mirror.settle();
    const { store } = s.mirror.server;
    await store.write(async (tx) => {
      const record = await tx.feed('dump:upstream');
      assert.ok(record !== undefined);
      const body = JSON.stringify({ ...JSON.parse(record.body), judged: 'upstream/a' });
      await tx.putFeed({ ...record, body });
      // A verdict from before the dump.
      const [release] = await tx.releases('upstream', 'arrayref');
      assert.ok(release !== undefined);
      await tx.putReleases([{ ...release, state: 'blocked' }]);
    });
    s.clock.advance('24h');
    await s.mirror.settle();
    assert.equal((await s.release('arrayref', '0.3.9')).state, 'promoted');
  });

  for (const [text, message] of [
    ['[dump]\nfrom = "crates.example"\n', /\[dump\] needs `contact`/],
    ['[registry-api]\nfrom = "crates.example"\n', /\[registry-api\] needs `contact`/],
    ['[dump]\nfrom = "none"\nupstream = "nowhere"\n', /names the upstream "nowhere"/],
  ] as const) {
    it(`is not configured by ${JSON.stringify(text)}`, async (t) => {
      await assert.rejects(stage(t, { config: text }), message);
    });
  }
});
