import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ageFact } from '../../src/facts/age.ts';
import { known, unknown } from '../../src/facts/fact.ts';
import { historyFact } from '../../src/facts/history.ts';
import type { MaintainersFact } from '../../src/facts/maintainers/fact.ts';
import type { Facts } from '../../src/facts/map.ts';
import type { PopularityFact } from '../../src/facts/popularity/fact.ts';
import type { TyposquatFact } from '../../src/facts/typosquat/fact.ts';
import type { Finding } from '../../src/policy/finding.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { dormantThenActive } from '../../src/policy/rules/dormant-then-active.ts';
import { maintainerTrust } from '../../src/policy/rules/maintainer-trust.ts';
import { maintainersMinimum } from '../../src/policy/rules/maintainers-minimum.ts';
import { newCrate } from '../../src/policy/rules/new-crate.ts';
import { publisherChanged } from '../../src/policy/rules/publisher-changed.ts';
import { typosquat } from '../../src/policy/rules/typosquat.ts';

const now = Date.parse('2026-08-20T12:00:00Z');
const day = 86_400_000;
const subject = { registry: 'public', crate: 'arrayref', version: '0.3.10', checksum: 'a'.repeat(64) };

function findings(rule: Rule, facts: Facts, settings: object = {}): readonly Finding[] {
  return rule.evaluate({ context: 'index', subject, facts, now }, rule.settings.parse(settings));
}

const effects = (...of: Parameters<typeof findings>) => findings(...of).map(({ effect }) => effect);

/** Release and crate that came out that many days ago. */
function aged(release: number, crate = release) {
  const [published, crateFirstSeen] = [now - release * day, now - crate * day];
  return ageFact(
    { published, firstSeen: published, arrival: 'new', crateFirstSeen, cratePublished: crateFirstSeen },
    now,
  );
}

const popularity = (uses: number) => known<PopularityFact>({ uses }, 's', now);
const people = (fact: Partial<MaintainersFact>) => known<MaintainersFact>({ owners: [], ...fact }, 's', now);
const missing = unknown('nobody was asked', 's', now);
const user = (id: number, since?: number, registered?: number) =>
  ({ id, login: `u${id}`, kind: 'user', since, registered }) as const;

type Case = [name: string, facts: Facts, settings: object, effects: string[]];

function table(rule: Rule, cases: readonly Case[]): void {
  describe(rule.id, () => {
    for (const [name, facts, settings, expected] of cases)
      it(name, () => assert.deepEqual(effects(rule, facts, settings), expected));
  });
}

table(newCrate, [
  ['a crate of days', { age: aged(1, 3) }, {}, ['warn']],
  ['a release of days in a crate of years', { age: aged(1, 3000) }, {}, []],
  ['a crate of days that the world uses', { age: aged(1, 3), popularity: popularity(1e6) }, {}, []],
  ['a crate of days that nobody uses', { age: aged(1, 3), popularity: popularity(5) }, {}, ['warn']],
  ['a longer infancy', { age: aged(1, 40) }, { 'younger-than': '60d' }, ['warn']],
  ['a stricter policy', { age: aged(1, 3) }, { effect: 'review' }, ['review']],
  ['switched off', { age: aged(1, 3) }, { effect: 'allow' }, []],
  ['an age that is not known', {}, {}, ['hold']],
]);

const releases = (...days: number[]) =>
  historyFact(
    '1.0.0',
    [
      { version: '1.0.0', published: now - day },
      ...days.map((ago, i) => ({ version: `0.${i}.0`, published: now - ago * day })),
    ],
    now,
  );
const by = (publisher: number, previous: number) =>
  people({ publisher: { id: publisher, login: 'a' }, previousPublisher: { id: previous, login: 'b' } });

table(dormantThenActive, [
  ['a release after months', { age: aged(1), history: releases(200) }, {}, []],
  [
    'after years, by the same one',
    { age: aged(1), history: releases(900), maintainers: by(1, 1) },
    {},
    ['warn'],
  ],
  [
    'after years, by another',
    { age: aged(1), history: releases(900), maintainers: by(1, 2) },
    {},
    ['review'],
  ],
  [
    'after years, by nobody knows whom',
    { age: aged(1), history: releases(900), maintainers: missing },
    {},
    ['warn'],
  ],
  ['after years, but long ago', { age: aged(100), history: releases(900) }, {}, []],
  ['the second after years', { age: aged(1), history: releases(3, 900) }, {}, []],
  ['a crate’s first', { age: aged(1), history: releases() }, {}, []],
  ['a shorter patience', { age: aged(1), history: releases(200) }, { dormant: '90d' }, ['warn']],
  ['a history that is not known', { age: aged(1), history: missing }, {}, ['warn']],
  ['switched off', { age: aged(1), history: releases(900) }, { effect: 'allow' }, []],
  ['nothing is known', {}, {}, ['warn']],
]);

const team = { id: 7, login: 'github:a:b', kind: 'team' } as const;

table(maintainersMinimum, [
  ['one owner', { age: aged(1), maintainers: people({ owners: [user(1)] }) }, {}, []],
  ['none', { age: aged(1), maintainers: people({}) }, {}, ['warn']],
  [
    'one where two are asked for',
    { age: aged(1), maintainers: people({ owners: [user(1)] }) },
    { owners: 2 },
    ['warn'],
  ],
  ['a team counts as two', { age: aged(1), maintainers: people({ owners: [team] }) }, { owners: 2 }, []],
  [
    'a team counts as one',
    { age: aged(1), maintainers: people({ owners: [team] }) },
    { owners: 2, 'team-counts-as': 1, effect: 'deny' },
    ['deny'],
  ],
  ['an old release', { age: aged(100), maintainers: people({}) }, {}, []],
  ['owners that are not known', { age: aged(1), maintainers: missing }, {}, ['warn']],
  ['… to a stricter policy', { age: aged(1), maintainers: missing }, { unknown: 'review' }, ['review']],
  ['… of an old release', { age: aged(100), maintainers: missing }, {}, []],
  ['switched off', { age: aged(1), maintainers: missing }, { owners: 0 }, []],
  ['nothing is known', {}, {}, ['warn']],
]);

const nobody = people({ owners: [user(1, now)], publisher: { id: 1, login: 'a', earlierReleases: 0 } });

table(maintainerTrust, [
  ['a stranger', { age: aged(1), maintainers: nobody }, {}, ['warn']],
  ['… to a stricter policy', { age: aged(1), maintainers: nobody }, { 'review-below': 30 }, ['review']],
  ['… in an old release', { age: aged(100), maintainers: nobody }, {}, []],
  [
    'a maintainer of years',
    {
      age: aged(1),
      maintainers: people({
        owners: [user(1, now - 3000 * day)],
        publisher: { id: 1, login: 'a', registered: now - 3000 * day, earlierReleases: 20 },
      }),
    },
    {},
    [],
  ],
  ['weights', { age: aged(1), maintainers: nobody }, { weights: { owners: 1000 } }, []],
  ['people who are not known', { age: aged(1), maintainers: missing }, {}, ['warn']],
  ['switched off', { age: aged(1), maintainers: missing }, { 'warn-below': 0 }, []],
  ['nothing is known', {}, {}, ['warn']],
]);

const stranger = (fact: Partial<MaintainersFact> = {}) =>
  people({
    earlierReleases: 9,
    previousPublisher: { id: 2, login: 'b' },
    publisher: { id: 1, login: 'a', earlierReleases: 0 },
    ...fact,
  });

table(publisherChanged, [
  ['somebody new', { age: aged(1), maintainers: stranger() }, {}, ['warn']],
  [
    'somebody new who became an owner days ago',
    { age: aged(1), maintainers: stranger({ owners: [user(1, now - 3 * day)] }) },
    {},
    ['review'],
  ],
  [
    'somebody new who has long been an owner',
    { age: aged(1), maintainers: stranger({ owners: [user(1, now - 300 * day, now - 900 * day)] }) },
    {},
    ['warn'],
  ],
  [
    'somebody new to the registry',
    {
      age: aged(1),
      maintainers: stranger({ publisher: { id: 1, login: 'a', earlierReleases: 0, registered: now - day } }),
    },
    {},
    ['review'],
  ],
  [
    'the usual one',
    { age: aged(1), maintainers: stranger({ publisher: { id: 1, login: 'a', earlierReleases: 1 } }) },
    {},
    [],
  ],
  ['a crate’s first release', { age: aged(1), maintainers: stranger({ earlierReleases: 0 }) }, {}, []],
  ['a workflow', { age: aged(1), maintainers: stranger({ publisher: null }) }, {}, []],
  ['an old release', { age: aged(100), maintainers: stranger() }, {}, []],
  [
    'a publisher that is not known',
    { age: aged(1), maintainers: stranger({ publisher: undefined }) },
    {},
    ['warn'],
  ],
  [
    'earlier publishers that are not known',
    { age: aged(1), maintainers: stranger({ earlierReleases: undefined }) },
    {},
    ['warn'],
  ],
  ['… to a stricter policy', { age: aged(1), maintainers: missing }, { unknown: 'hold' }, ['hold']],
  ['switched off', { age: aged(1), maintainers: stranger() }, { effect: 'allow' }, []],
  ['nothing is known', {}, {}, ['warn']],
]);

const names = (
  strength: 'strong' | 'weak' | undefined,
  { own = false, uses = undefined as number | undefined } = {},
) =>
  known<TyposquatFact>(
    {
      compared: 3,
      uses,
      resembles:
        strength === undefined
          ? []
          : [
              {
                crate: 'arrayvec',
                technique: 'omission',
                why: 'is arrayvec with a letter left out',
                strength,
                uses: 1e8,
                own,
              },
            ],
    },
    's',
    now,
  );

table(typosquat, [
  ['nothing like it', { age: aged(1), typosquat: names(undefined) }, {}, []],
  ['a young crate, strongly', { age: aged(1), typosquat: names('strong') }, {}, ['review']],
  ['a young crate, weakly', { age: aged(1), typosquat: names('weak') }, {}, ['warn']],
  ['an older crate', { age: aged(1, 100), typosquat: names('strong') }, {}, ['warn']],
  [
    'an old crate that nobody uses',
    { age: aged(1, 1000), typosquat: names('strong', { uses: 10 }) },
    {},
    ['warn'],
  ],
  ['an old crate that many use', { age: aged(1, 1000), typosquat: names('strong', { uses: 1e6 }) }, {}, []],
  [
    'a young crate that many use',
    { age: aged(1), typosquat: names('strong', { uses: 1e6 }) },
    {},
    ['review'],
  ],
  ['one like one’s own', { age: aged(1, 300), typosquat: names('strong', { own: true }) }, {}, ['review']],
  ['one that may', { age: aged(1), typosquat: names('strong') }, { allow: ['Array_Ref', 'ArrayRef'] }, []],
  ['a stricter policy', { age: aged(1), typosquat: names('strong') }, { strong: 'deny' }, ['deny']],
  ['weak ones switched off', { age: aged(1), typosquat: names('weak') }, { weak: 'allow' }, []],
  ['an age that is not known', { typosquat: names('strong') }, {}, ['review']],
  ['nothing is known', {}, {}, ['warn']],
]);

describe('what the findings say', () => {
  const said = (rule: Rule, facts: Facts) => findings(rule, facts)[0];
  it('of a changed publisher', () => {
    const finding = said(publisherChanged, {
      age: aged(1),
      maintainers: stranger({ owners: [user(1, now - 2 * day)] }),
    });
    assert.equal(
      finding?.message,
      'a published it, for the first time in 10 releases; the one before came from b. They became an owner 2 days before it.',
    );
  });
  it('of a name', () => {
    const finding = said(typosquat, { age: aged(1), typosquat: names('strong') });
    assert.equal(finding?.message, 'Its name is arrayvec with a letter left out.');
  });
  it('of a dormant crate', () => {
    const finding = said(dormantThenActive, { age: aged(1), history: releases(900), maintainers: by(1, 2) });
    assert.equal(
      finding?.message,
      'It is the first release in 899 days, after 0.0.0, and by another publisher.',
    );
  });
  it('of a score, every line of it', () => {
    const { values } = said(maintainerTrust, { age: aged(1), maintainers: nobody })?.evidence ?? {};
    assert.deepEqual(Object.keys(values ?? {}), [
      ...['score', 'owners', 'ownership', 'registered', 'history', 'trusted-publishing', 'other-crates'],
      ...['stable-owners', 'no-takedowns'],
    ]);
  });
});
