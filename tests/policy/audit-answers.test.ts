/** What a good audit does to a verdict, and what it never does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CrevFact } from '../../src/facts/crev/fact.ts';
import { known } from '../../src/facts/fact.ts';
import type { Facts } from '../../src/facts/map.ts';
import type { VetFact } from '../../src/facts/vet/fact.ts';
import { judge } from '../../src/policy/judge.ts';
import { loadPolicy } from '../../src/policy/policy.ts';
import { decide, type Verdict } from '../../src/policy/verdict.ts';
import { factsOf, subject } from '../samples/facts.ts';

const published = Date.parse('2026-08-20T00:00:00Z');
const hour = 3_600_000;
const strictness = ['allow', 'hold', 'review', 'deny'];

const certified = known<VetFact>(
  {
    met: [
      {
        criterion: 'safe-to-deploy',
        organisations: ['mozilla'],
        exemption: false,
        publisher: false,
        steps: [{ kind: 'full', to: subject.version, who: ['W'], file: 'm.toml', line: 3 }],
      },
    ],
    violations: [],
    exemptionOnly: false,
  },
  'cargo-vet',
  published,
);
const reviewed = known<CrevFact>(
  {
    reviews: [
      {
        reviewer: 'ann',
        level: 'high',
        distance: 0,
        date: '2026-08-20T00:00:00.000Z',
        rating: 'positive',
        thoroughness: 'high',
        understanding: 'high',
        contents: 'same',
      },
    ],
    issues: [],
    unmaintained: false,
    strangers: 0,
  },
  'crev',
  published,
);

interface Situation {
  /** Effects of rules of one's own, by their ids `own-0`, `own-1`, … */
  readonly effects: readonly string[];
  readonly answers: readonly string[];
  /** Hours since publication: a cool-down runs for days. */
  readonly hours: number;
  readonly context: 'index' | 'release';
  readonly more: string;
}

function verdicts({ effects, answers, hours, context, more }: Situation, yes: Facts): [Verdict, Verdict] {
  // Those that nothing is said of are there too, so that a policy may name them.
  const own = Array.from(
    { length: 5 },
    (_, i) =>
      `[[rule]]\nid = "own-${i}"\nwhen = "${effects[i] !== undefined}"\neffect = "${effects[i] ?? 'warn'}"\nmessage = "M ${i}."\nnext = "N."\n`,
  );
  const audits = `[audits]\norganisations = ["mozilla"]\nanswers = ${JSON.stringify(answers)}\n`;
  const policy = loadPolicy({ file: 'p.toml', text: `${audits}${more}\n${own.join('\n')}` });
  const verdict = (facts: Facts) => judge(policy, { context, subject, facts, now: published + hours * hour });
  return [verdict(factsOf()), verdict(factsOf(yes))];
}

const situation = fc.record({
  effects: fc.array(fc.constantFrom('warn', 'hold', 'review', 'deny'), { maxLength: 5 }),
  answers: fc.subarray(['own-0', 'own-1', 'own-2', 'age', 'maintainer-trust', 'audits', 'blocklist']),
  hours: fc.integer({ min: 0, max: 400 }),
  context: fc.constantFrom('index' as const, 'release' as const),
  more: fc.constantFrom('', '[maintainer-trust]\nreview-below = 40', '[maintainer-trust]\nwarn-below = 60'),
});
const someYes = fc.constantFrom<Facts>(
  { vet: certified },
  { crev: reviewed },
  { vet: certified, crev: reviewed },
);

describe('a good audit', () => {
  const base: Situation = {
    effects: ['review'],
    answers: ['own-0'],
    hours: 2000,
    context: 'release',
    more: '',
  };

  it('answers the question that the policy lists, and says by whom', () => {
    const [without, withYes] = verdicts(base, { vet: certified });
    assert.deepEqual([without.decision, withYes.decision], ['review', 'allow']);
    const answered = withYes.findings.find(({ rule }) => rule === 'own-0')?.answered;
    assert.deepEqual(answered, {
      by: 'cargo-vet',
      who: ['mozilla'],
      says: 'mozilla certified it as safe-to-deploy.',
    });
  });

  it('answers no other', () => {
    assert.equal(verdicts({ ...base, answers: ['own-1'] }, { vet: certified })[1].decision, 'review');
  });

  it('lifts the trust score', () => {
    const trust = {
      ...base,
      effects: [],
      more: '[maintainer-trust]\nreview-below = 30',
    };
    const [without, withYes] = verdicts(trust, { vet: certified });
    const scoreOf = ({ findings }: Verdict) =>
      Number(findings.find(({ rule }) => rule === 'maintainer-trust')?.evidence.values?.score);
    assert.ok(scoreOf(withYes) > scoreOf(without), `${scoreOf(without)} → ${scoreOf(withYes)}`);
  });

  it('never shortens a hold', () => {
    fc.assert(
      fc.property(situation, someYes, (where, yes) => {
        const [without, withYes] = verdicts(where, yes);
        const holds = ({ findings }: Verdict) => findings.filter(({ effect }) => effect === 'hold');
        assert.deepEqual(holds(withYes), holds(without));
        assert.ok(holds(withYes).every(({ answered }) => answered === undefined));
        if (holds(without).length === 0) return;
        assert.notEqual(withYes.decision, 'allow');
        if (withYes.decision === 'hold') assert.equal(withYes.until, decide(holds(without)).until);
      }),
    );
  });

  it('never lifts a deny', () => {
    fc.assert(
      fc.property(situation, someYes, (where, yes) => {
        const [without, withYes] = verdicts(where, yes);
        assert.equal(withYes.decision === 'deny', without.decision === 'deny');
      }),
    );
  });

  it('is never by itself the verdict: what it answers is gone, all else decides as before', () => {
    fc.assert(
      fc.property(situation, someYes, (where, yes) => {
        const [without, withYes] = verdicts(where, yes);
        const rest = without.findings.filter(
          ({ rule, effect }) =>
            // It lifts the trust score, and so may still the question about that.
            rule !== 'maintainer-trust' && !(effect === 'review' && where.answers.includes(rule)),
        );
        assert.ok(strictness.indexOf(withYes.decision) >= strictness.indexOf(decide(rest).decision));
        assert.ok(strictness.indexOf(withYes.decision) <= strictness.indexOf(without.decision));
      }),
    );
  });

  it('changes nothing where the policy lets it answer nothing and gives it no weight', () => {
    const silent = '[maintainer-trust]\nreview-below = 40\n[maintainer-trust.weights]\naudits = 0';
    fc.assert(
      fc.property(situation, someYes, (where, yes) => {
        const [without, withYes] = verdicts({ ...where, answers: [], more: silent }, yes);
        const bare = (verdict: Verdict) =>
          JSON.stringify({
            ...verdict,
            findings: verdict.findings.map(({ evidence: _, ...finding }) => finding),
          });
        assert.equal(bare(withYes), bare(without));
      }),
    );
  });

  it('counts for nothing beside one bad one', () => {
    const [review] = reviewed.kind === 'known' ? reviewed.value.reviews : [];
    assert.ok(review !== undefined && reviewed.kind === 'known');
    const bad = { ...review, reviewer: 'bob', rating: 'negative' as const };
    const negative = known<CrevFact>({ ...reviewed.value, reviews: [review, bad] }, 'crev', published);
    const [, verdict] = verdicts(base, { vet: certified, crev: negative });
    assert.equal(verdict.decision, 'deny');
    assert.ok(verdict.findings.every(({ answered }) => answered === undefined));
  });
});
