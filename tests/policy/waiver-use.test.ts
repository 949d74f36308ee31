import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../src/policy/finding.ts';
import { waiverSchema } from '../../src/policy/waiver.ts';
import { type JudgedRelease, unusedWaivers } from '../../src/policy/waiver-use.ts';

const now = Date.parse('2026-08-25T00:00:00Z');

const waiver = (more: object = {}) =>
  waiverSchema.parse({
    rule: 'license',
    crate: 'a-b',
    reason: 'bought',
    by: 'Dana',
    expires: '2026-09-30',
    ...more,
  });

function judged(version: string, findings: readonly Partial<Finding>[], whole = true): JudgedRelease {
  const base = { rule: 'license', effect: 'deny', subject: '', message: '', evidence: {}, next: '' } as const;
  return {
    subject: { crate: 'a_b', version },
    findings: findings.map((one) => ({ ...base, ...one })),
    whole,
  };
}

describe('a waiver in a whole set', () => {
  const cases: [name: string, given: object, set: readonly JudgedRelease[], says: RegExp | undefined][] = [
    ['is used where it excepts a finding', {}, [judged('1.0.0', []), judged('1.1.0', [{}])], undefined],
    [
      'is used where the finding is marked by it',
      {},
      [judged('1.0.0', [{ waived: { by: 'Dana', reason: 'bought', expires: '2026-09-30' } }])],
      undefined,
    ],
    [
      'is used where an index line has what it excepts',
      {},
      [judged('1.0.0', [], true), judged('1.1.0', [{}], false)],
      undefined,
    ],
    ['is unused where nothing is found', {}, [judged('1.0.0', [])], /finds nothing in a_b@1\.0\.0\.$/],
    [
      'is unused where only others find something',
      {},
      [judged('1.0.0', [{ rule: 'binaries' }]), judged('2.0.0', [])],
      /finds nothing in any of the 2 releases/,
    ],
    [
      'is unused where another advisory is found',
      { advisory: 'A-1' },
      [judged('1.0.0', [{ evidence: { advisory: 'A-2' } }])],
      /license \(A-1\)/,
    ],
    ['is unused where its versions are not', { version: '^2' }, [judged('1.0.0', [{}])], /no release/],
    ['is unused where its crate is not', { crate: 'c' }, [judged('1.0.0', [{}])], /no release/],
    ['says that it expired as well', { expires: '2026-08-01' }, [], /it expired on 2026-08-01\.$/],
    ['may wait for bytes', {}, [judged('1.0.0', [], false)], undefined],
    [
      'may not wait for all of them',
      {},
      [judged('1.0.0', [], false), judged('1.1.0', [])],
      /finds nothing in any of the 2/,
    ],
  ];
  for (const [name, given, set, says] of cases) {
    it(name, () => {
      const [finding, ...others] = unusedWaivers([waiver(given)], set, now);
      assert.deepEqual(others, []);
      if (says === undefined) assert.equal(finding, undefined);
      else assert.match(finding?.message ?? '', says);
      if (finding !== undefined) assert.deepEqual([finding.rule, finding.effect], ['waiver', 'warn']);
    });
  }

  it('is told of one by one', () => {
    const found = unusedWaivers(
      [waiver(), waiver({ crate: 'c' }), waiver({ crate: 'd' })],
      [judged('1.0.0', [{}])],
      now,
    );
    assert.deepEqual(
      found.map(({ subject }) => subject),
      ['c', 'd'],
    );
  });
});
