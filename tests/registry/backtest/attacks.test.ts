import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Entry } from '../../../src/facts/advisories/database.ts';
import { fixtureDatabase, folderFeed } from '../../support/advisory-feeds.ts';
import { attacksOf, letInAt, momentsOf, remade } from '../../support/attack-replay.ts';
import { day } from '../../support/past.ts';

// The small twin of tests/real/malicious-crates.test.ts: advisories of our own writing.

describe('the default policy, blocklist and advisories aside', () => {
  let entries: readonly Entry[];
  before(async () => {
    entries = attacksOf((await folderFeed(fixtureDatabase)).database);
  });

  const attack = (crate: string) => {
    const entry = entries.find(({ advisory }) => advisory.package === crate);
    assert.ok(entry, crate);
    return remade(entry);
  };

  it('is tried on a crate that was made for it, and on one that was taken over', () => {
    assert.equal(attack('lamtern').kind, 'new-crate');
    assert.equal(attack('tallow').kind, 'new-release');
    const { release } = attack('tallow');
    assert.equal(release.version, '0.3.10');
  });

  it('lets a new crate in at no moment of its first week, and then does', () => {
    assert.deepEqual(letInAt(attack('lamtern'), momentsOf(7)), []);
    assert.deepEqual(letInAt(attack('lamtern'), [7 * day]), [7 * day]);
  });

  it('lets a new release of an old crate in at no moment of its first three days, and then does', () => {
    assert.deepEqual(letInAt(attack('tallow'), momentsOf(3)), []);
    assert.deepEqual(letInAt(attack('tallow'), [3 * day]), [3 * day]);
  });
});
