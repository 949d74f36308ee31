import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { databaseOf } from '../../../src/facts/advisories/database.ts';
import { type AdvisoryFeed, advisoryFeeds } from '../../../src/facts/advisories/load.ts';
import { FeedError } from '../../../src/facts/feed/error.ts';
import { FeedGroup } from '../../../src/registry/errands/feed-group.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { fixtureDatabase, folderFeed } from '../../support/advisory-feeds.ts';
import { testClock } from '../../support/clock.ts';
import { tempDir } from '../../support/temp.ts';

const hour = 3_600_000;

describe('feeds of advisories', () => {
  let whole: AdvisoryFeed;
  let half: AdvisoryFeed;
  let shorter: AdvisoryFeed;
  before(async () => {
    whole = await folderFeed(fixtureDatabase);
    const { advisories } = whole.database;
    half = { ...whole, database: databaseOf(advisories.slice(0, Math.floor(advisories.length / 2))) };
    shorter = { ...whole, database: databaseOf(advisories.slice(0, -1)) };
  });

  const clock = testClock('2030-12-31T12:00:00Z');
  const down = () => new FeedError('feed/unreachable', 'it is down.');

  async function newStore(t: TestContext): Promise<Store> {
    const store = await openStore({ folder: tempDir(t) });
    t.after(() => store.close());
    return store;
  }

  /** A replica whose feed gives these answers, one a reading. */
  function replica(store: Store, ...answers: (AdvisoryFeed | Error)[]) {
    const load = async () => {
      const answer = answers.shift();
      if (answer === undefined) throw new Error('asked once too often');
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return new FeedGroup(store, advisoryFeeds, [{ name: 'rustsec', load }], hour);
  }

  const count = (feeds: FeedGroup<AdvisoryFeed>) => feeds.states()[0]?.feed?.database.advisories.length;
  const alarm = (feeds: FeedGroup<AdvisoryFeed>) => feeds.states()[0]?.alarm;

  it('are unknown until they were read, and then say what changed', async (t) => {
    const feeds = replica(await newStore(t), whole);
    assert.deepEqual(feeds.states(), [{ feed: undefined, alarm: undefined }]);
    const { changed, alarms } = await feeds.refreshDue(clock.now());
    assert.equal(count(feeds), whole.database.advisories.length);
    assert.equal(changed.size, new Set(whole.database.advisories.map((advisory) => advisory.package)).size);
    assert.deepEqual(alarms, []);
  });

  it('are read again when the time has come, and only then', async (t) => {
    const feeds = replica(await newStore(t), whole, shorter);
    await feeds.refreshDue(clock.now());
    await feeds.refreshDue(clock.now() + hour - 1);
    assert.equal(count(feeds), whole.database.advisories.length);
    const { changed } = await feeds.refreshDue(clock.now() + hour);
    assert.deepEqual([...changed], [whole.database.advisories.at(-1)?.package]);
    assert.equal(count(feeds), shorter.database.advisories.length);
  });

  it('keep the old reading where the new one fails, with an alarm', async (t) => {
    const feeds = replica(await newStore(t), whole, down(), whole);
    await feeds.refreshDue(clock.now());
    assert.deepEqual((await feeds.refreshDue(clock.now() + hour)).alarms, ['it is down.']);
    assert.equal(count(feeds), whole.database.advisories.length);
    assert.equal(alarm(feeds), 'it is down.');
    await feeds.refreshDue(clock.now() + 2 * hour);
    assert.equal(alarm(feeds), undefined);
  });

  it('keep the old reading where the new one lost more than a fifth', async (t) => {
    const feeds = replica(await newStore(t), whole, half);
    await feeds.refreshDue(clock.now());
    const { changed, alarms } = await feeds.refreshDue(clock.now() + hour);
    assert.match(alarms[0] ?? '', /shrank from \d+ advisories to \d+ at once/);
    assert.equal(changed.size, 0);
    assert.equal(count(feeds), whole.database.advisories.length);
  });

  it('are unknown, with the reason, where they were never read', async (t) => {
    const feeds = replica(await newStore(t), down());
    await feeds.refreshDue(clock.now());
    assert.deepEqual(feeds.states(), [{ feed: undefined, alarm: 'it is down.' }]);
  });

  it('come from the store after a restart, and to other replicas: one of them reads', async (t) => {
    const store = await newStore(t);
    await replica(store, whole).refreshDue(clock.now());
    const other = replica(store);
    await other.adopt();
    assert.equal(count(other), whole.database.advisories.length);
    assert.equal((await other.refreshDue(clock.now())).changed.size, 0);
    assert.equal((await store.log({ limit: 10 })).filter(({ event }) => event === 'feed-updated').length, 1);
  });
});
