import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Finding } from '../../src/policy/finding.ts';
import { decide, leadingFinding } from '../../src/policy/verdict.ts';

const finding = (effect: Finding['effect'], until?: string): Finding => ({
  rule: 'r',
  effect,
  subject: 'a@1.0.0',
  message: `${effect} ${until ?? ''}`,
  evidence: {},
  next: 'n',
  ...(until === undefined ? {} : { until }),
});

const monday = '2026-08-24T00:00:00.000Z';
const tuesday = '2026-08-25T00:00:00.000Z';

describe('decide', () => {
  const cases: [name: string, findings: Finding[], decision: string, until: string | undefined][] = [
    ['nothing found', [], 'allow', undefined],
    ['warnings alone allow', [finding('warn')], 'allow', undefined],
    ['a dated hold ends then', [finding('hold', monday)], 'hold', monday],
    ['the last of the holds counts', [finding('hold', tuesday), finding('hold', monday)], 'hold', tuesday],
    ['a hold without a date has no end', [finding('hold', monday), finding('hold')], 'hold', undefined],
    ['review beats hold, and has no end', [finding('hold', monday), finding('review')], 'review', undefined],
    ['deny beats all', [finding('review'), finding('deny'), finding('hold', monday)], 'deny', undefined],
  ];
  for (const [name, findings, decision, until] of cases) {
    it(name, () => {
      const verdict = decide(findings);
      assert.equal(verdict.decision, decision);
      assert.equal(verdict.until, until);
    });
  }

  const findings = fc.array(
    fc.record({
      rule: fc.constantFrom('age', 'blocklist', 'integrity'),
      effect: fc.constantFrom<Finding['effect']>('warn', 'hold', 'review', 'deny'),
      subject: fc.constant('a@1.0.0'),
      message: fc.string(),
      evidence: fc.record({ values: fc.dictionary(fc.string(), fc.string()) }),
      next: fc.string(),
    }),
  );

  it('gives the same bytes whatever the order of the findings', () => {
    fc.assert(
      fc.property(findings, fc.infiniteStream(fc.nat()), (list, random) => {
        const shuffled = list
          .map((item) => ({ item, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key);
        assert.equal(JSON.stringify(decide(shuffled.map(({ item }) => item))), JSON.stringify(decide(list)));
      }),
    );
  });

  it('never loosens when a finding is added', () => {
    const order = ['allow', 'hold', 'review', 'deny'];
    fc.assert(
      fc.property(findings, findings, (some, more) => {
        assert.ok(order.indexOf(decide([...some, ...more]).decision) >= order.indexOf(decide(some).decision));
      }),
    );
  });
});

describe('leadingFinding', () => {
  it('is the hold that ends last', () => {
    assert.equal(leadingFinding(decide([finding('hold', monday), finding('hold', tuesday)]))?.until, tuesday);
  });
  it('is the hold without a date, where there is one', () => {
    assert.equal(leadingFinding(decide([finding('hold', monday), finding('hold')]))?.until, undefined);
  });
  it('is nothing where nothing was found', () => {
    assert.equal(leadingFinding(decide([])), undefined);
  });
});
