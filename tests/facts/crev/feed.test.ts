import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { loadProofs, type ProofsFeed, proofFeeds } from '../../../src/facts/crev/feed.ts';
import { gatheredProofs, proofsFact } from '../../../src/facts/crev/gathered.ts';
import { FeedError } from '../../../src/facts/feed/error.ts';
import { nodeFeedPorts } from '../../../src/facts/feed/ports.ts';
import { feedSource } from '../../../src/facts/feed/source.ts';
import { reviewer } from '../../support/crev-proofs.ts';
import { tempDir } from '../../support/temp.ts';

const [me, ann, stranger] = [reviewer('me'), reviewer('ann'), reviewer('stranger')];
const at = Date.parse('2030-01-01T00:00:00Z');

/** A reading of a folder with these files. */
async function read(files: Readonly<Record<string, string>>): Promise<ProofsFeed> {
  const folder = tempDir();
  for (const [path, text] of Object.entries({ 'README.md': 'x', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return await loadProofs(feedSource(folder, 'x'), nodeFeedPorts({ cache: tempDir(), clock: () => at }));
}

describe('a reading of crev proofs', () => {
  it('leaves out and names what is not signed by whom it names, and what does not read', async () => {
    const forged = ann.review('word', '1.0.0').replace('positive', 'negative');
    const feed = await read({
      'a/me.crev': me.trust('high', [ann]),
      'a/forged.crev': forged + ann.review('other', '1.0.0'),
      'b/broken.crev': '----- BEGIN CREV PROOF -----\n',
    });
    assert.equal(proofFeeds.size(feed), 2);
    assert.deepEqual([...proofFeeds.byCrate(feed).keys()], ['other']);
    assert.deepEqual(feed.problems, [
      {
        path: 'a/forged.crev',
        reason: '1 of its proofs are not signed by whom they name, 0 do not read',
      },
      { path: 'b/broken.crev', reason: '0 of its proofs are not signed by whom they name, 1 do not read' },
    ]);
  });

  it('of a folder without proofs is refused', async () => {
    await assert.rejects(
      read({}),
      (error) =>
        error instanceof FeedError && error.code === 'feed/empty' && /no crev proof/.test(error.message),
    );
  });

  it('is the same when it comes back, and its signatures are checked again', async () => {
    const feed = await read({ 'me.crev': me.review('word', '1.0.0') });
    const { provenance, problems } = feed;
    const text = JSON.stringify({ provenance, problems, ...proofFeeds.said(feed) });
    assert.deepEqual(proofFeeds.restore(JSON.parse(text)), feed);
    const altered = proofFeeds.restore(JSON.parse(text.replace('positive', 'negative')));
    assert.equal(proofFeeds.size(altered), 0);
  });

  it('shares whom its authors trust, and that alone', async () => {
    const shared = async (text: string) => proofFeeds.shared(await read({ 'a.crev': text }));
    assert.equal(await shared(me.review('a', '1.0.0')), await shared(ann.review('b', '1.0.0')));
    assert.notEqual(await shared(me.trust('low', [ann])), await shared(me.trust('high', [ann])));
  });
});

describe('proofs of several places', () => {
  it('are one: trust in one gives weight to reviews in another; one that is away is named', async () => {
    const trust = await read({ 'me.crev': me.trust('high', [ann]) });
    const reviews = await read({
      'x.crev': ann.review('word', '1.0.0') + stranger.review('word', '1.0.0'),
    });
    const states = [
      { feed: trust, alarm: undefined },
      { feed: reviews, alarm: undefined },
      { feed: undefined, alarm: 'It is down.' },
    ];
    const fact = proofsFact(gatheredProofs(states, [me.id]), { crate: 'word', version: '1.0.0' }, at);
    assert.ok(fact.kind === 'known');
    assert.deepEqual(
      fact.value.reviews.map((review) => [review.reviewer, review.contents]),
      [[ann.id, 'unchecked']],
    );
    assert.deepEqual([fact.value.strangers, fact.value.missing], [1, ['It is down']]);
  });

  it('are unknown where none are configured, and where none could be read', () => {
    const release = { crate: 'word', version: '1.0.0' };
    const reasonOf = (states: Parameters<typeof gatheredProofs>[0]) => {
      const fact = proofsFact(gatheredProofs(states, []), release, at);
      return fact.kind === 'unknown' ? fact.reason : undefined;
    };
    assert.equal(reasonOf([]), 'no crev proofs are configured');
    assert.equal(reasonOf([{ feed: undefined, alarm: 'It is down.' }]), 'It is down');
    assert.equal(reasonOf([{ feed: undefined, alarm: undefined }]), 'the proofs were not read yet');
  });
});
