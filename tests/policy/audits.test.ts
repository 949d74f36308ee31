import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CrevFact, CrevReview } from '../../src/facts/crev/fact.ts';
import { known, unknown } from '../../src/facts/fact.ts';
import type { VetFact, VetMet } from '../../src/facts/vet/fact.ts';
import { auditSettings } from '../../src/policy/audit-settings.ts';
import { applyAnswers, auditYes } from '../../src/policy/audit-yes.ts';
import type { Finding } from '../../src/policy/finding.ts';
import { audits } from '../../src/policy/rules/audits.ts';

const now = Date.parse('2026-08-20T12:00:00Z');
const subject = { registry: 'r', crate: 'a', version: '1.0.0', checksum: 'a'.repeat(64) };

const met = (more: Partial<VetMet> = {}): VetMet => ({
  criterion: 'safe-to-deploy',
  organisations: ['x'],
  exemption: false,
  publisher: false,
  steps: [{ kind: 'full', to: '1.0.0', organisation: 'x', who: ['W'], file: 'x.toml', line: 3 }],
  ...more,
});
const violation = (criteria: string[]): VetFact['violations'] => [
  { organisation: 'x', criteria, range: '^1', who: ['W'], notes: 'leaks\nkeys', file: 'x.toml', line: 7 },
];
const vet = (more: Partial<VetFact> = {}) =>
  known<VetFact>({ met: [], violations: [], exemptionOnly: false, ...more }, 'cargo-vet', now);
const review = (more: Partial<CrevReview> = {}): CrevReview => ({
  reviewer: 'ann',
  level: 'high',
  distance: 0,
  date: '2024-05-05T00:00:00.000Z',
  rating: 'positive',
  thoroughness: 'low',
  understanding: 'low',
  contents: 'same',
  ...more,
});
const crev = (more: Partial<CrevFact> = {}) =>
  known<CrevFact>({ reviews: [], issues: [], unmaintained: false, strangers: 0, ...more }, 'crev', now);
const reviewed = (...reviews: Partial<CrevReview>[]) => crev({ reviews: reviews.map(review) });

interface AuditFacts {
  readonly vet?: ReturnType<typeof vet> | ReturnType<typeof unknown>;
  readonly crev?: ReturnType<typeof crev> | ReturnType<typeof unknown>;
}

function findingsOf(facts: AuditFacts, settings: object = {}): readonly Finding[] {
  return audits.evaluate({ context: 'release', subject, facts, now }, auditSettings.parse(settings));
}

describe('audits', () => {
  const severe = crev({
    issues: [
      { id: 'I-1', severity: 'high', reporters: [{ reviewer: 'ann', level: 'high' }], mendedIn: '1.0.1' },
    ],
  });
  const cases: [name: string, facts: AuditFacts, settings: object, effects: string[]][] = [
    ['nothing is set up', {}, {}, []],
    ['nothing can be read', { vet: unknown('down', 'v', now), crev: unknown('down', 'c', now) }, {}, []],
    [
      '… by who relies on it',
      { vet: unknown('down', 'v', now), crev: crev() },
      { unknown: 'hold' },
      ['hold'],
    ],
    [
      '… of one source among others',
      { vet: vet({ missing: ['y is down'] }), crev: crev() },
      { unknown: 'hold' },
      ['hold'],
    ],
    ['nobody says anything', { vet: vet(), crev: crev() }, {}, []],
    [
      'a good audit is no finding',
      { vet: vet({ met: [met()] }), crev: reviewed({}) },
      { organisations: ['x'] },
      [],
    ],
    ['a violation', { vet: vet({ violations: violation(['safe-to-run', 'safe-to-deploy']) }) }, {}, ['deny']],
    ['… of more than is asked', { vet: vet({ violations: violation(['strict']) }) }, {}, []],
    [
      '… which is asked',
      { vet: vet({ violations: violation(['strict']) }) },
      { criteria: 'strict' },
      ['deny'],
    ],
    [
      '… for a person',
      { vet: vet({ violations: violation(['safe-to-deploy']) }) },
      { violations: 'review' },
      ['review'],
    ],
    [
      '… not wanted',
      { vet: vet({ violations: violation(['safe-to-deploy']) }) },
      { violations: 'allow' },
      [],
    ],
    ['a negative review', { crev: reviewed({ rating: 'negative' }) }, {}, ['deny']],
    [
      '… of other contents of that name',
      { crev: reviewed({ rating: 'negative', contents: 'other' }) },
      {},
      ['deny'],
    ],
    ['… by someone barely trusted', { crev: reviewed({ rating: 'negative', level: 'low' }) }, {}, []],
    [
      '… which is enough',
      { crev: reviewed({ rating: 'negative', level: 'low' }) },
      { 'trust-level': 'low' },
      ['deny'],
    ],
    ['… by someone not listed', { crev: reviewed({ rating: 'negative' }) }, { reviewers: ['bob'] }, []],
    ['an open problem', { crev: severe }, {}, ['warn']],
    ['… for a person', { crev: severe }, { issues: 'review' }, ['review']],
    ['… of less weight than asked', { crev: severe }, { 'issue-severity': 'high' }, ['warn']],
    ['… by someone not listed', { crev: severe }, { reviewers: ['bob'] }, []],
  ];
  for (const [name, facts, settings, effects] of cases) {
    it(name, () => {
      const found = findingsOf(facts, settings);
      assert.deepEqual(
        found.map(({ effect }) => effect),
        effects,
      );
    });
  }

  it('says who warns, why and where', () => {
    const [finding] = findingsOf({ vet: vet({ violations: violation(['safe-to-deploy']) }) });
    assert.equal(finding?.message, 'x says that ^1 is not safe-to-deploy: leaks keys');
    assert.deepEqual(finding?.evidence, { file: 'x.toml', line: 7 });
  });
});

describe('a yes', () => {
  const no = vet();
  const trust = { organisations: ['x', 'y'] };
  const cases: [
    name: string,
    facts: { vet?: typeof no; crev?: ReturnType<typeof crev> },
    settings: object,
    by: string[],
  ][] = [
    ['of a trusted organisation', { vet: vet({ met: [met()] }) }, trust, ['cargo-vet']],
    ['of nobody that the policy names', { vet: vet({ met: [met()] }) }, {}, []],
    ['of two', { vet: vet({ met: [met({ organisations: ['x', 'y'] })] }) }, trust, ['cargo-vet']],
    [
      'of one who is trusted and one who is not',
      { vet: vet({ met: [met({ organisations: ['x', 'z'] })] }) },
      trust,
      [],
    ],
    ['about something else', { vet: vet({ met: [met({ criterion: 'safe-to-run' })] }) }, trust, []],
    ['an exemption is none', { vet: vet({ met: [met({ exemption: true })] }) }, trust, []],
    [
      'nor an exemption alone',
      { vet: vet({ met: [met({ organisations: [], exemption: true })] }) },
      trust,
      [],
    ],
    ['trust in the publisher is none', { vet: vet({ met: [met({ publisher: true })] }) }, trust, []],
    [
      '… unless wanted',
      { vet: vet({ met: [met({ publisher: true })] }) },
      { ...trust, 'publisher-trust': true },
      ['cargo-vet'],
    ],
    ['of a reviewer', { crev: reviewed({}) }, {}, ['crev']],
    ['a strong one', { crev: reviewed({ rating: 'strong' }) }, {}, ['crev']],
    ['a neutral one is none', { crev: reviewed({ rating: 'neutral' }) }, {}, []],
    ['not thorough enough', { crev: reviewed({}) }, { thoroughness: 'medium' }, []],
    ['not understood enough', { crev: reviewed({ understanding: 'none' }) }, {}, []],
    ['of other contents', { crev: reviewed({ contents: 'other' }) }, {}, []],
    ['of contents that nobody compared yet', { crev: reviewed({ contents: 'unchecked' }) }, {}, []],
    ['of a program', { crev: reviewed({ agent: 'm' }) }, {}, []],
    [
      'of a difference to something unseen',
      { crev: reviewed({ base: '0.9.0', baseReviewed: false }) },
      {},
      [],
    ],
    [
      'of a difference to something seen',
      { crev: reviewed({ base: '0.9.0', baseReviewed: true }) },
      {},
      ['crev'],
    ],
    ['two are asked for, one is there', { crev: reviewed({}) }, { reviews: 2 }, []],
    ['two are asked for and there', { crev: reviewed({}, { reviewer: 'bob' }) }, { reviews: 2 }, ['crev']],
    ['one no outweighs it', { crev: reviewed({}, { reviewer: 'bob', rating: 'negative' }) }, {}, []],
    [
      '… from wherever it comes',
      { vet: vet({ violations: violation(['safe-to-deploy']) }), crev: reviewed({}) },
      {},
      [],
    ],
  ];
  for (const [name, facts, settings, by] of cases) {
    it(name, () => {
      const yes = auditYes(
        { vet: facts.vet ?? no, crev: facts.crev ?? crev() },
        auditSettings.parse(settings),
      );
      assert.deepEqual(
        yes.map((each) => each.by),
        by,
      );
    });
  }

  it('is none where nothing is known', () => {
    const facts = { vet: unknown('down', 'v', now), crev: unknown('down', 'c', now) };
    assert.deepEqual(auditYes(facts, auditSettings.parse(trust)), []);
  });

  it('answers the questions that are listed, and nothing else', () => {
    const settings = auditSettings.parse({ ...trust, answers: ['age', 'typosquat'] });
    const yes = auditYes({ vet: vet({ met: [met()] }), crev: crev() }, settings);
    const finding = (rule: string, effect: Finding['effect']): Finding => ({
      rule,
      effect,
      subject: 'a@1.0.0',
      message: 'm',
      evidence: {},
      next: 'n',
    });
    fc.assert(
      fc.property(
        fc.constantFrom('age', 'typosquat', 'license'),
        fc.constantFrom('warn', 'hold', 'review', 'deny'),
        (rule, effect) => {
          const expected = effect === 'review' && rule !== 'license';
          const answered = (by: typeof yes, waivable = true) =>
            applyAnswers([finding(rule, effect)], by, settings, () => waivable)[0]?.answered !== undefined;
          assert.equal(answered(yes), expected);
          assert.equal(answered([]), false);
          assert.equal(answered(yes, false), false);
        },
      ),
    );
  });
});
