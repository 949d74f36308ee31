import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type AdvisoriesFact,
  type AdvisoryMatch,
  advisoriesFact,
  notConfigured,
} from '../../src/facts/advisories/fact.ts';
import type { AdvisoryFeed } from '../../src/facts/advisories/load.ts';
import { type Fact, known, unknown } from '../../src/facts/fact.ts';
import { malicious } from '../../src/policy/rules/malicious.ts';
import { notice } from '../../src/policy/rules/notice.ts';
import { unmaintained } from '../../src/policy/rules/unmaintained.ts';
import { unsound } from '../../src/policy/rules/unsound.ts';
import { vulnerability } from '../../src/policy/rules/vulnerability.ts';
import { decide } from '../../src/policy/verdict.ts';
import { fixtureDatabase, folderFeed } from '../support/advisory-feeds.ts';
import { ask, askedAt, effectsOf } from './rule-asker.ts';

const match: AdvisoryMatch = {
  id: 'RUSTSEC-2030-0900',
  kind: 'vulnerability',
  title: 'A flaw.',
  date: '2030-01-01',
  url: 'https://rustsec.org/advisories/RUSTSEC-2030-0900.html',
  aliases: ['CVE-2030-9'],
  categories: [],
  patchedVersions: [],
  unaffectedVersions: [],
  platforms: { arch: [], os: [] },
  functions: [],
};

function facts(...matches: Partial<AdvisoryMatch>[]): { advisories: Fact<AdvisoriesFact> } {
  const value = { matches: matches.map((one) => ({ ...match, ...one })), missing: [] };
  return { advisories: known(value, 'db', askedAt) };
}

const down = { advisories: unknown('the database is down', 'advisories', askedAt) };
const none = { advisories: unknown(notConfigured, 'advisories', askedAt) };
const half = { advisories: known({ matches: [match], missing: ['the other is down'] }, 'db', askedAt) };

describe('vulnerability', () => {
  const scored = (score: number, severity: AdvisoryMatch['severity']) =>
    facts({ score, ...(severity && { severity }) });
  const cases: [
    what: string,
    toml: string,
    facts: { advisories: Fact<AdvisoriesFact> },
    effects: string[],
  ][] = [
    ['nothing known', '', facts(), []],
    ['a high one', '', scored(7, 'high'), ['deny']],
    ['a critical one', '', scored(9.8, 'critical'), ['deny']],
    ['a medium one', '', scored(6.9, 'medium'), ['warn']],
    ['no severity at all', '', scored(0, 'none'), ['warn']],
    ['without a score', '', facts({}), ['deny']],
    ['without a score, counted as low', 'unscored = "low"', facts({}), ['warn']],
    ['without a score, counted by a number', 'unscored = 6.5\ndeny = 6', facts({}), ['deny']],
    ['a severity in words', '', facts({ severity: 'medium' }), ['warn']],
    ['… above the floor', 'deny = "medium"', facts({ severity: 'medium' }), ['deny']],
    ['a floor as a score', 'deny = 9.5', scored(9.4, 'critical'), ['warn']],
    ['a floor of 0', 'deny = 0', scored(0, 'none'), ['deny']],
    ['never', 'deny = "never"', scored(10, 'critical'), ['warn']],
    ['another kind', '', facts({ kind: 'malicious' }, { kind: 'unsound' }), []],
    ['the database is down', '', down, ['hold']],
    ['the database is down, and that is denied', 'unknown = "deny"', down, ['deny']],
    ['none is configured', '', none, []],
    ['none is configured, and that is to be said', 'not-configured = "warn"', none, ['warn']],
    ['none is configured, and one must be', 'not-configured = "hold"', none, ['hold']],
    ['one of two databases is down', '', half, ['deny', 'hold']],
  ];
  for (const [what, toml, given, effects] of cases) {
    it(what, () => assert.deepEqual(effectsOf(ask(vulnerability, given, toml)), effects));
  }

  it('names what fixes it', () => {
    const next = (fields: Partial<AdvisoryMatch>) => ask(vulnerability, facts(fields))[0]?.next;
    assert.equal(next({ fixed: '1.2.4 or later' }), 'Use 1.2.4 or later.');
    assert.match(next({ unaffected: 'before 1.0.0' }) ?? '', /No release fixes it; .* before 1\.0\.0\./);
    assert.equal(next({}), 'No release fixes it: use another crate.');
  });

  it('says what it found, and where to read it', () => {
    const [finding] = ask(
      vulnerability,
      facts({
        score: 7.5,
        severity: 'high',
        platforms: { arch: [], os: ['windows'] },
        functions: ['p::open'],
      }),
    );
    assert.equal(
      finding?.message,
      'It has a vulnerability of high severity (7.5): A flaw (RUSTSEC-2030-0900; only on windows).',
    );
    assert.deepEqual(finding?.evidence, {
      advisory: 'RUSTSEC-2030-0900',
      url: 'https://rustsec.org/advisories/RUSTSEC-2030-0900.html',
      values: { score: '7.5', aliases: 'CVE-2030-9', functions: 'p::open' },
    });
    assert.match(ask(vulnerability, facts({}))[0]?.message ?? '', /without a score \(it counts as high\)/);
  });

  it('keeps a title from forging lines', () => {
    const [finding] = ask(vulnerability, facts({ title: `a\n\u001b[31mb\u202e ${'x'.repeat(500)}` }));
    assert.match(finding?.message ?? '', /: a \[31mb x{30,}…/);
    assert.ok((finding?.message.length ?? 0) < 300);
  });

  it('refuses settings that mean nothing', () => {
    for (const toml of [
      'deny = "severe"',
      'deny = 11',
      'unscored = "never"',
      'unknown = "allow"',
      'ignore = []',
    ]) {
      assert.throws(() => ask(vulnerability, facts(), toml), toml);
    }
  });
});

describe('malicious', () => {
  const bad = { kind: 'malicious', title: '`p` was removed for malicious code' } as const;

  it('denies, whatever else is known', () => {
    assert.deepEqual(effectsOf(ask(malicious, facts(bad, {}))), ['deny']);
    assert.deepEqual(effectsOf(ask(malicious, facts({}))), []);
  });
  it('says which releases are good', () => {
    const [finding] = ask(malicious, facts({ ...bad, unaffected: 'up to 0.3.9' }));
    assert.equal(
      finding?.message,
      'It is malicious: `p` was removed for malicious code (RUSTSEC-2030-0900).',
    );
    assert.match(finding?.next ?? '', /taken over\. Not affected: up to 0\.3\.9\.$/);
  });
  it('does not know where the database is down, or none is configured', () => {
    assert.deepEqual(effectsOf(ask(malicious, down)), ['hold']);
    assert.deepEqual(ask(malicious, none), []);
    assert.deepEqual(effectsOf(ask(malicious, none, 'not-configured = "deny"')), ['deny']);
    assert.deepEqual(effectsOf(ask(malicious, {})), ['hold']);
    assert.equal(
      ask(malicious, none, 'not-configured = "warn"')[0]?.message,
      'Whether it is malicious is unknown: no advisory database is configured.',
    );
  });
});

describe('informational rules', () => {
  const rules = [
    [unmaintained, 'unmaintained', 'It is unmaintained'],
    [unsound, 'unsound', 'It is unsound'],
    [notice, 'notice', 'There is a notice'],
    [notice, 'other', 'There is an advisory of the kind “end-of-support”'],
  ] as const;
  for (const [rule, kind, message] of rules) {
    const given = facts({ kind, informational: kind === 'other' ? 'end-of-support' : kind });
    it(`${rule.id}: ${kind}`, () => {
      assert.deepEqual(effectsOf(ask(rule, given)), ['warn']);
      assert.equal(ask(rule, given)[0]?.message, `${message}: A flaw (RUSTSEC-2030-0900).`);
      assert.deepEqual(effectsOf(ask(rule, given, 'effect = "review"')), ['review']);
      assert.deepEqual(ask(rule, given, 'effect = "allow"'), []);
      assert.deepEqual(ask(rule, facts({})), []);
    });
    it(`${rule.id}: not knowing holds only where knowing could`, () => {
      assert.deepEqual(effectsOf(ask(rule, down)), ['warn']);
      assert.deepEqual(ask(rule, none), []);
      for (const fact of [down, none]) {
        assert.deepEqual(effectsOf(ask(rule, fact, 'effect = "deny"')), ['hold']);
        assert.deepEqual(ask(rule, fact, 'effect = "allow"'), []);
      }
    });
  }
});

describe('the rules about advisories', () => {
  const all = [malicious, notice, unmaintained, unsound, vulnerability];
  let feed: AdvisoryFeed;
  before(async () => {
    feed = await folderFeed(fixtureDatabase);
  });

  it('say one thing of each advisory that matches', () => {
    for (const [crate, version] of [
      ['candle_rs', '0.5.0'],
      ['tallow', '0.3.10'],
      ['lantern', '1.0.0'],
    ] as const) {
      const advisories = advisoriesFact({ crate, version }, [{ feed, alarm: undefined }], askedAt);
      const said = all.flatMap((rule) => ask(rule, { advisories })).map(({ evidence }) => evidence.advisory);
      const ids = advisories.kind === 'known' ? advisories.value.matches.map(({ id }) => id) : [];
      assert.deepEqual(said.sort(), ids);
    }
  });

  it('where a database is configured, not knowing never allows what knowing would stop', () => {
    const kinds = ['malicious', 'vulnerability', 'unmaintained', 'unsound', 'notice', 'other'] as const;
    const matches = fc.array(
      fc.record({ kind: fc.constantFrom(...kinds), score: fc.integer({ min: 0, max: 10 }) }),
    );
    const effect = fc.constantFrom('allow', 'warn', 'review', 'deny');
    const deny = fc.constantFrom('deny = "never"', 'deny = "low"', 'deny = 9.5', '');
    fc.assert(
      fc.property(matches, effect, deny, (found, effect, floor) => {
        const toml = (id: string) =>
          id === 'malicious' ? '' : id === 'vulnerability' ? floor : `effect = "${effect}"`;
        const verdict = (given: { advisories: Fact<AdvisoriesFact> }) =>
          decide(all.flatMap((rule) => ask(rule, given, toml(rule.id))));
        if (verdict(facts(...found)).decision !== 'allow') assert.notEqual(verdict(down).decision, 'allow');
      }),
    );
  });
});
