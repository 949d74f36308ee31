/**
 * Every malicious crate that the real advisory database tells of, made again by name and judged by the default policy
 * with the blocklist empty and without what any advisory says of malice. All of them must be held or stopped on their
 * day. Part of `./test --all`.
 *
 * What "their day" is: most advisories do not say when the crate came out. Where the text gives the day, the attack
 * comes out on it and must stay out until the end of the advisory's own day. Everywhere else it comes out on the
 * advisory's day, and the question is how long it must have gone unnoticed. Of the release nothing is given but what
 * its author cannot avoid: a name, and that it is new.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Entry } from '../../src/facts/advisories/database.ts';
import { replayAttack } from '../../src/registry/backtest/attacks.ts';
import { endOfDay } from '../../src/registry/backtest/past.ts';
import { folderFeed, noRealDatabase, realDatabase } from '../support/advisory-feeds.ts';
import { attacksOf, defaultPolicy, letInAt, momentsOf, remade } from '../support/attack-replay.ts';
import { day } from '../support/past.ts';

/** The day on which the first malicious release came out, where the advisory's text gives it. */
const firstDay =
  /(?:first release on|versions?,? (?:both )?published (?:on|at)|\bwas published on) (\d{4}-\d\d-\d\d)/;

describe('malicious crates that are known', { skip: noRealDatabase }, () => {
  let entries: readonly Entry[];
  before(async () => {
    entries = attacksOf((await folderFeed(realDatabase)).database);
  });

  it('are all held or stopped for as long as the cool-down, blocklist and advisories aside', (t) => {
    assert.ok(entries.length >= 51);
    const attacks = entries.map((entry) => remade(entry));
    const rest = attacks.filter(
      (attack) => letInAt(attack, momentsOf(attack.kind === 'new-crate' ? 7 : 3)).length > 0,
    );
    assert.deepEqual(
      rest.map(({ crate }) => crate),
      [],
    );
    const person = attacks.filter(
      (attack) => replayAttack(attack, defaultPolicy).outcome.kind !== 'admitted',
    );
    t.diagnostic(`${attacks.length} held or stopped, ${person.length} of them until a person lets them in`);
  });

  it('include crates that were taken over, whose new release waits for three days', (t) => {
    const taken = entries.map((entry) => remade(entry)).filter(({ kind }) => kind === 'new-release');
    t.diagnostic(taken.map(({ crate, release }) => `${crate} ${release.version}`).join(', '));
    assert.ok(taken.length >= 3);
    for (const attack of taken) {
      const { first, outcome } = replayAttack(attack, defaultPolicy);
      assert.equal(first.decision, 'hold', attack.crate);
      assert.deepEqual(outcome, { kind: 'admitted', at: attack.release.published + 3 * day });
    }
  });

  it('would have been kept out until they were taken down, wherever it is known when they came out', (t) => {
    const dated = entries.flatMap((entry) => {
      const from = firstDay.exec(entry.advisory.description.replaceAll(/\s+/g, ' '))?.[1];
      return from === undefined ? [] : [{ entry, published: Date.parse(from) }];
    });
    for (const { entry, published } of dated) {
      const { package: name, date } = entry.advisory;
      const days = Math.round((endOfDay(date) - published) / day);
      t.diagnostic(`${name}: ${days} days`);
      assert.deepEqual(letInAt(remade(entry, published), momentsOf(days)), [], name);
    }
    assert.ok(dated.length >= 10, `${dated.length}`);
  });
});
