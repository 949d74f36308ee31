import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdvisoryFeed } from '../../../src/facts/advisories/load.ts';
import { knownNames } from '../../../src/facts/typosquat/names.ts';
import { loadPolicy } from '../../../src/policy/policy.ts';
import { backtest } from '../../../src/registry/backtest/backtest.ts';
import type { BacktestReport } from '../../../src/registry/backtest/tally.ts';
import type { ReleaseRecord } from '../../../src/store/records.ts';
import type { StoreReader } from '../../../src/store/store.ts';
import { advisory, day, feedOf, recorded } from '../../support/past.ts';

interface Asked {
  readonly releases?: readonly ReleaseRecord[];
  readonly feeds?: readonly AdvisoryFeed[];
  readonly policy?: string;
  readonly since?: string;
}

const names = knownNames({});

/** Replays records, without a database: how those are read is the store's matter. */
function replayed({
  releases = [],
  feeds = [],
  policy = '',
  since = '2030-01-01',
}: Asked): Promise<BacktestReport> {
  const byKey = Map.groupBy(releases, ({ key }) => key);
  const store = {
    crateKeys: async () => [...byKey.keys()],
    firstPublications: async () =>
      new Map(
        [...byKey].map(([key, own]) => [
          key,
          Math.min(...own.map(({ published }) => published ?? Number.POSITIVE_INFINITY)),
        ]),
      ),
    releases: async (_registry: string, key: string) => byKey.get(key) ?? [],
  };
  return backtest(store as unknown as StoreReader, {
    policy: loadPolicy({ file: 'test', text: policy }),
    registry: 'crates.io',
    feeds,
    names,
    nameSource: 'shipped',
    since: Date.parse(since),
    until: Date.parse('2030-12-31T00:00:00Z'),
  });
}

const old = recorded('tallow', '0.1.0', '2020-01-01T00:00:00Z');
const fresh = recorded('tallow', '0.2.0', '2030-03-01T00:00:00Z');

describe('a replay of good releases', () => {
  it('tells those of a new crate from those of an old one, and how long each waits', async () => {
    const wax = [
      recorded('wax-seal', '0.1.0', '2030-02-01T00:00:00Z'),
      recorded('wax-seal', '0.1.1', '2030-02-03T00:00:00Z'),
      recorded('wax-seal', '0.2.0', '2030-02-20T00:00:00Z'),
    ];
    const { good, releases, crates } = await replayed({ releases: [old, fresh, ...wax] });
    assert.deepEqual([crates, releases.replayed, releases.byIndexLine, releases.undated], [2, 4, 4, 0]);
    assert.equal(good.delayed, 4);
    // Two wait a week, two three days.
    assert.deepEqual(good.delay, {
      median: 3 * day,
      percentile90: 7 * day,
      percentile99: 7 * day,
      longest: 7 * day,
    });
    assert.deepEqual(good.rules.age, { warn: 0, hold: 4, review: 0, deny: 0 });
  });

  it('says which are still held at its end', async () => {
    const late = recorded('tallow', '0.3.0', '2030-12-30T00:00:00Z');
    const { good } = await replayed({ releases: [old, late] });
    assert.deepEqual([good.stillHeld, good.delayed, good.delay], [1, 0, null]);
  });

  it('leaves out what came before it, and what has no publication time', async () => {
    const undated = { ...fresh, version: '0.2.1', published: null };
    const { releases } = await replayed({ releases: [old, undated] });
    assert.deepEqual([releases.replayed, releases.undated], [0, 1]);
  });

  it('lets in at once what the policy does not hold', async () => {
    const policy = '[cooldown]\nrelease = "0h"\nnew-crate = "0h"\n';
    const { good } = await replayed({ releases: [old, fresh], policy });
    assert.deepEqual([good.atOnce, good.delayed], [1, 0]);
  });

  it('knows nothing of releases that came later', async () => {
    // What woke the crate up after years was the first of the two.
    const second = recorded('tallow', '0.2.1', '2030-03-02T00:00:00Z');
    const policy = '[dormant-then-active]\neffect = "review"\n';
    const { good } = await replayed({ releases: [old, second, fresh], policy });
    assert.deepEqual(
      good.stopped.map(({ release, rules }) => [release, rules]),
      [['tallow@0.2.0', ['dormant-then-active', 'age']]],
    );
  });

  it('knows an advisory from the end of its day, and until it was withdrawn', async () => {
    const said = (date: string, withdrawn?: string) =>
      replayed({
        releases: [old, fresh],
        feeds: [
          feedOf(
            advisory({
              package: 'tallow',
              date,
              cvss: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
              ...(withdrawn === undefined ? {} : { withdrawn }),
            }),
          ),
        ],
      }).then(({ good }) => [good.denied, good.delayed]);
    assert.deepEqual(await said('2030-02-27'), [1, 0], 'before it came out');
    assert.deepEqual(await said('2030-03-03'), [1, 0], 'while it was held');
    assert.deepEqual(await said('2030-03-04'), [0, 1], 'the day on which it was let in');
    assert.deepEqual(await said('2030-02-27', '2030-06-01'), [1, 0], 'withdrawn afterwards');
    assert.deepEqual(await said('2030-02-20', '2030-02-25'), [0, 1], 'withdrawn before');
  });

  it('sees yanks when the mirror saw them', async () => {
    const yanked = (version: string, at: string) =>
      recorded('tallow', version, '2029-01-01T00:00:00Z', { yanked: true, yankedAt: Date.parse(at) });
    const before = ['0.1.1', '0.1.2', '0.1.3'].map((version) => yanked(version, '2030-02-28T20:00:00Z'));
    const long = ['0.1.1', '0.1.2', '0.1.3'].map((version) => yanked(version, '2030-06-01T00:00:00Z'));
    assert.ok((await replayed({ releases: [old, ...before, fresh] })).good.rules['yank-burst']);
    assert.equal((await replayed({ releases: [old, ...long, fresh] })).good.rules['yank-burst'], undefined);
  });

  it('takes how much a crate is used today for unknown', async () => {
    // serde is as popular as anything, now. Nobody knows what it was on its first day.
    const policy = '[new-crate]\neffect = "review"\n';
    const serde = recorded('serde', '0.1.0', '2030-02-01T00:00:00Z');
    const { good } = await replayed({ releases: [serde], policy });
    assert.deepEqual(good.stopped[0]?.rules, ['new-crate', 'age']);
  });
});

describe('a replay of attacks', () => {
  const taken = advisory({
    id: 'RUSTSEC-2030-0001',
    package: 'tallow',
    date: '2030-05-01',
    categories: ['malicious'],
    versions: { patched: [], unaffected: ['<= 0.2.0'], affected: [{ introduced: '0.2.1-0' }] },
  });
  const made = advisory({
    id: 'RUSTSEC-2030-0002',
    package: 'zzyxq-plugh',
    date: '2030-04-01',
    categories: ['malicious'],
  });

  it('makes a new release of a crate that was there, and a new crate of any other', async () => {
    const { attacks } = await replayed({ releases: [old, fresh], feeds: [feedOf(taken, made)] });
    assert.deepEqual(attacks, [
      {
        advisory: 'RUSTSEC-2030-0002',
        crate: 'zzyxq-plugh',
        kind: 'new-crate',
        decision: 'hold',
        rules: ['age'],
        letInAfter: 7 * day,
      },
      {
        advisory: 'RUSTSEC-2030-0001',
        crate: 'tallow',
        kind: 'new-release',
        decision: 'hold',
        rules: ['age'],
        letInAfter: 3 * day,
      },
    ]);
  });

  it('counts an attack once, though two databases tell of it', async () => {
    const other = { ...made, id: 'MAL-2030-7', aliases: ['RUSTSEC-2030-0002'] };
    const { attacks } = await replayed({ feeds: [feedOf(made), feedOf(other)] });
    assert.equal(attacks.length, 1);
  });

  it('says that a policy without a cool-down lets them in', async () => {
    const policy = '[cooldown]\nrelease = "0h"\nnew-crate = "0h"\n';
    const { attacks } = await replayed({ releases: [old, fresh], feeds: [feedOf(taken, made)], policy });
    assert.deepEqual(
      attacks.map(({ decision, letInAfter }) => [decision, letInAfter]),
      [
        ['allow', 0],
        ['allow', 0],
      ],
    );
  });

  it('needs a person where the name is a trap', async () => {
    const trap = { ...made, package: 'proc-macro1' };
    const [attack] = (await replayed({ feeds: [feedOf(trap)] })).attacks;
    assert.deepEqual(
      [attack?.decision, attack?.rules, attack?.letInAfter],
      ['review', ['typosquat', 'age'], undefined],
    );
  });

  it('compares a name with those only that were there before it', async () => {
    const trap = { ...made, package: 'proc-macro1' };
    const asked = async (at: string) => {
      const [attack] = (
        await replayed({ releases: [recorded('proc-macro2', '1.0.0', at)], feeds: [feedOf(trap)] })
      ).attacks;
      return attack?.rules;
    };
    assert.deepEqual(await asked('2020-01-01T00:00:00Z'), ['typosquat', 'age']);
    assert.deepEqual(await asked('2030-06-01T00:00:00Z'), ['age']);
  });

  it('tells the releases of the records that are malicious apart from the good ones', async () => {
    const bad = recorded('tallow', '0.2.1', '2030-04-20T00:00:00Z', { state: 'withdrawn' });
    const { bad: found, good } = await replayed({ releases: [old, fresh, bad], feeds: [feedOf(taken)] });
    assert.equal(good.delayed, 1);
    // It lived for longer than the cool-down: this policy would have let it in.
    assert.deepEqual(found, [
      {
        release: 'tallow@0.2.1',
        advisory: 'RUSTSEC-2030-0001',
        published: '2030-04-20T00:00:00.000Z',
        first: 'hold',
        letIn: '2030-04-23T00:00:00.000Z',
      },
    ]);
  });
});
