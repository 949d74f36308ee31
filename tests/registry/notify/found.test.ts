import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../../src/policy/finding.ts';
import { decide } from '../../../src/policy/verdict.ts';
import { stateOf } from '../../../src/registry/judgement/assess.ts';
import { newlyFound } from '../../../src/registry/notify/found.ts';
import type { ReleaseRecord } from '../../../src/store/records.ts';
import { release } from '../../store/samples.ts';

const finding = (rule: string, effect: Finding['effect'], more: Partial<Finding> = {}): Finding => ({
  rule,
  effect,
  subject: 'serde@1.0.0',
  message: `${rule} says so.`,
  evidence: {},
  next: 'Look.',
  ...more,
});

/** A release in the state that its findings give. */
function judged(findings: readonly Finding[], more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  const verdict = decide(findings);
  return release({ verdict, state: stateOf(verdict), judged: 'release', ...more });
}

const handedOut = judged([]);
const waived = { by: 'ana', reason: 'known', expires: '2026-12-31' };

describe('what is told of a change', () => {
  const cases: readonly {
    readonly name: string;
    readonly before?: ReleaseRecord;
    readonly after: ReleaseRecord;
    readonly known?: readonly string[];
    readonly told: readonly string[];
  }[] = [
    { name: 'a denial', after: judged([finding('malicious', 'deny')]), told: ['malicious deny'] },
    {
      name: 'every denial and review, whatever else there is',
      after: judged([
        finding('license', 'review'),
        finding('vulnerability', 'deny', { evidence: { advisory: 'A-1' } }),
        finding('vulnerability', 'deny', { evidence: { advisory: 'A-2' } }),
        finding('age', 'hold'),
        finding('notice', 'warn'),
      ]),
      told: ['vulnerability deny A-1', 'vulnerability deny A-2', 'license review'],
    },
    { name: 'a hold that takes it away', after: judged([finding('age', 'hold')]), told: ['age hold'] },
    { name: 'no warning', after: judged([finding('notice', 'warn')]), told: [] },
    { name: 'nothing that is waived', after: judged([finding('license', 'deny', { waived })]), told: [] },
    { name: 'a deletion', after: judged([], { state: 'withdrawn' }), told: ['withdrawn deny'] },
    {
      name: 'nothing of what was held before',
      before: judged([finding('age', 'hold')]),
      after: judged([finding('malicious', 'deny')]),
      told: [],
    },
    {
      name: 'nothing of bytes that are read for the first time',
      before: judged([], { judged: 'index' }),
      after: judged([finding('binaries', 'deny')]),
      told: [],
    },
    {
      name: 'an index line that is judged anew',
      before: judged([], { judged: 'index' }),
      after: judged([finding('malicious', 'deny')], { judged: 'index' }),
      told: ['malicious deny'],
    },
    {
      name: 'what is new beside what was told',
      before: judged([finding('license', 'review')]),
      after: judged([finding('license', 'review'), finding('malicious', 'deny'), finding('age', 'hold')]),
      known: ['license review'],
      told: ['malicious deny'],
    },
    {
      name: 'nothing twice, in other words either',
      before: judged([finding('license', 'review')]),
      after: judged([finding('license', 'review', { message: 'In other words.' })]),
      known: ['license review'],
      told: [],
    },
    {
      name: 'nothing of what is handed out again',
      before: judged([finding('license', 'review')]),
      after: handedOut,
      known: ['license review'],
      told: [],
    },
  ];
  for (const { name, before = handedOut, after, known = [], told } of cases) {
    it(name, () => {
      const found = newlyFound(
        before,
        after,
        known.map((one) => ({ finding: one })),
      );
      assert.deepEqual(
        found.map((one) => one.finding),
        told,
      );
    });
  }

  it('nothing of a release that appears', () => {
    assert.deepEqual(newlyFound(undefined, judged([finding('malicious', 'deny')]), []), []);
  });
});
