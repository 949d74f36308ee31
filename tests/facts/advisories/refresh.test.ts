import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { databaseOf } from '../../../src/facts/advisories/database.ts';
import { AdvisoryError } from '../../../src/facts/advisories/error.ts';
import type { AdvisoryFeed } from '../../../src/facts/advisories/load.ts';
import { acceptFeed, FeedKeeper, sizeOf } from '../../../src/facts/advisories/refresh.ts';
import { fixtureDatabase, folderFeed } from '../../support/advisory-feeds.ts';
import { testClock } from '../../support/clock.ts';

describe('a new reading of a feed', () => {
  const size = (advisories: number, source = 's') => ({ advisories, source });
  const cases: [what: string, previous: number | undefined, next: number, kind: 'accepted' | 'refused'][] = [
    ['the first', undefined, 1, 'accepted'],
    ['more', 1000, 1001, 'accepted'],
    ['a fifth less', 1000, 800, 'accepted'],
    ['more than a fifth less', 1000, 799, 'refused'],
    ['nothing left', 5, 0, 'refused'],
    ['one of few', 5, 4, 'accepted'],
  ];
  for (const [what, previous, next, kind] of cases) {
    it(`${what} is ${kind}`, () => {
      assert.equal(acceptFeed(previous === undefined ? undefined : size(previous), size(next)).kind, kind);
    });
  }

  it('is not compared with another source', () => {
    assert.equal(acceptFeed(size(1000), size(10, 'another')).kind, 'accepted');
  });
});

describe('keeping a feed fresh', () => {
  let whole: AdvisoryFeed;
  let half: AdvisoryFeed;
  before(async () => {
    whole = await folderFeed(fixtureDatabase);
    half = { ...whole, database: databaseOf(whole.database.advisories.slice(0, 7)) };
  });

  function keeper(answers: (AdvisoryFeed | Error)[], previous?: AdvisoryFeed) {
    const clock = testClock('2030-12-31T12:00:00Z');
    let asked = 0;
    const load = async () => {
      asked++;
      const answer = answers.shift();
      if (answer === undefined) throw new Error('asked once too often');
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const options = { load, clock: clock.now, every: 3_600_000, previous: previous && sizeOf(previous) };
    return { clock, keeper: new FeedKeeper(options), asked: () => asked };
  }

  const down = () => new AdvisoryError('advisories/unreachable', 'it is down.');

  it('asks again when the time has come, after a failure too', async () => {
    const { clock, keeper: feeds, asked } = keeper([whole, down(), half, whole]);
    assert.equal((await feeds.refreshIfDue())?.kind, 'fresh');
    assert.equal(await feeds.refreshIfDue(), undefined);
    clock.advance('1h');
    assert.deepEqual(await feeds.refreshIfDue(), { kind: 'kept', alarm: 'it is down.' });
    assert.deepEqual([feeds.feed, feeds.alarm], [whole, 'it is down.']);
    assert.equal(await feeds.refreshIfDue(), undefined);
    clock.advance('1h');
    const shrunk = await feeds.refreshIfDue();
    assert.match(shrunk?.kind === 'kept' ? shrunk.alarm : '', /shrank from 14 advisories to 7/);
    assert.equal(feeds.feed, whole);
    clock.advance('1h');
    await feeds.refreshIfDue();
    assert.deepEqual([feeds.feed, feeds.alarm, asked()], [whole, undefined, 4]);
  });

  it('refuses a smaller feed after a restart too, until somebody accepts it', async () => {
    const { keeper: feeds } = keeper([half, half], whole);
    assert.equal((await feeds.refresh()).kind, 'kept');
    assert.equal(feeds.feed, undefined);
    assert.equal((await feeds.refresh({ acceptLoss: true })).kind, 'fresh');
    assert.equal(feeds.feed, half);
  });

  it('reads once, however many ask at the same time', async () => {
    const { keeper: feeds, asked } = keeper([whole]);
    await Promise.all([feeds.refresh(), feeds.refresh(), feeds.refresh()]);
    assert.equal(asked(), 1);
  });

  it('does not hide a fault of ours', async () => {
    const { keeper: feeds } = keeper([new RangeError('ours')]);
    await assert.rejects(feeds.refresh(), RangeError);
  });
});
