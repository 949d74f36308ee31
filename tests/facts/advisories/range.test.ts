import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { comparePrecedence, parseVersion } from '../../../src/cargo/version.ts';
import {
  complementOf,
  contains,
  isAffected,
  parseRange,
  rangeOf,
  rangeText,
  successor,
  unionOf,
} from '../../../src/facts/advisories/range.ts';
import { boundaryVersions } from '../../support/advisory-rows.ts';

const yes = true;
const no = false;

describe('a requirement as a range', () => {
  const cases: [requirement: string, version: string, held: boolean][] = [
    // Pre-releases are versions like others, which Cargo's matching denies.
    ['>= 1.2.0', '1.3.0-rc.1', yes],
    ['>= 1.2.0', '1.2.0-rc.1', no],
    ['< 1.2.0', '1.2.0-rc.1', yes],
    ['<= 1.2.0-rc.1', '1.2.0-rc.1', yes],
    ['<= 1.2.0-rc.1', '1.2.0-rc.1.0', no],
    ['> 1.2.0-rc.1', '1.2.0-rc.2', yes],
    // `^` and `~` end below every pre-release of the next series.
    ['^1.2.3', '2.0.0-0', no],
    ['^1.2.3', '1.99.0-alpha', yes],
    ['^0.2.3', '0.3.0-0', no],
    ['^0.2.3', '0.2.99', yes],
    ['^0.0.3', '0.0.3', yes],
    ['^0.0.3', '0.0.4-0', no],
    ['^0.0', '0.0.99', yes],
    ['^0.0', '0.1.0-0', no],
    ['^0', '0.99.0', yes],
    ['^0', '1.0.0-0', no],
    ['~1.2.3', '1.3.0-0', no],
    ['~1.2.3', '1.2.4-rc.1', yes],
    ['~1', '1.99.0', yes],
    ['~1', '2.0.0-0', no],
    ['1.2', '1.2.0', yes],
    // What is left out is 0, not "any".
    ['> 1.2', '1.2.1', yes],
    ['= 1.2', '1.2.1', no],
    ['<= 1', '1.0.1', no],
    // Build metadata does not count.
    ['= 1.2.3', '1.2.3+build', yes],
    ['> 1.2.3', '1.2.3+build', no],
    ['< 1.2.3', '1.2.3+build', no],
    ['<= 1.2.3', '1.2.4-0', no],
    // More than the peer takes, in its spirit.
    ['*', '0.0.0-0', yes],
    ['1.*', '1.9.0', yes],
    ['1.*', '2.0.0-0', no],
    ['1.2.*', '1.3.0-0', no],
    ['>= 1, < 3, < 2', '2.5.0', no],
  ];
  for (const [requirement, version, held] of cases) {
    it(`${requirement} ${held ? 'holds' : 'does not hold'} ${version}`, () => {
      assert.equal(contains(rangeOf(requirement), parseVersion(version)), held);
    });
  }
});

describe('affected versions', () => {
  const text = (requirements: string[]) => complementOf(requirements).map(rangeText);

  it('are all where nothing is patched or unaffected', () => assert.deepEqual(text([]), [{}]));
  it('are none where everything is', () => assert.deepEqual(text(['*']), []));
  it('end where a patch begins', () => assert.deepEqual(text(['>= 1.2.3']), [{ fixed: '1.2.3' }]));
  it('begin just after the last unaffected version', () =>
    assert.deepEqual(text(['<= 1.2.3', '>= 2.0.0']), [{ introduced: '1.2.4-0', fixed: '2.0.0' }]));
  it('are between the series', () =>
    assert.deepEqual(text(['>= 3.0.0', '^1.2', '^2.1']), [
      { fixed: '1.2.0' },
      { introduced: '2.0.0-0', fixed: '2.1.0' },
      { introduced: '3.0.0-0', fixed: '3.0.0' },
    ]));
  it('leave no gap where ranges touch or overlap', () =>
    assert.deepEqual(text(['< 1.0.0', '>= 1.0.0, < 2.0.0', '>= 1.5.0']), []));
  it('survive an empty range', () => assert.deepEqual(text(['>= 2.0.0, < 1.0.0']), [{}]));
});

const part = fc.nat({ max: 3 });
const pre = fc.option(fc.constantFrom('0', '1', 'alpha', 'rc.1', 'rc.1.0', 'zz'), { nil: undefined });
const version = fc
  .tuple(part, part, part, pre, fc.constantFrom('', '+b'))
  .map(([a, b, c, tail, build]) => `${a}.${b}.${c}${tail === undefined ? '' : `-${tail}`}${build}`);
const bound = fc
  .tuple(fc.constantFrom('=', '>', '>=', '<', '<=', '^', '~'), version)
  .map(([op, at]) => `${op}${at}`);
const requirement = fc.array(bound, { minLength: 1, maxLength: 2 }).map((bounds) => bounds.join(', '));
const requirements = fc.array(requirement, { maxLength: 4 });

describe('properties of ranges', () => {
  it('a version is affected exactly where no requirement holds it', () => {
    fc.assert(
      fc.property(requirements, version, (list, text) => {
        const at = parseVersion(text);
        const held = list.some((one) => contains(rangeOf(one), at));
        assert.equal(isAffected(complementOf(list), at), !held);
      }),
    );
  });

  it('… around every bound too', () => {
    fc.assert(
      fc.property(requirements, (list) => {
        const affected = complementOf(list);
        for (const at of boundaryVersions(list).map(parseVersion)) {
          assert.equal(isAffected(affected, at), !list.some((one) => contains(rangeOf(one), at)), at.text);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('ranges ascend, stay apart, and cover what their sorted versions cover', () => {
    fc.assert(
      fc.property(requirements, fc.array(version, { minLength: 2, maxLength: 30 }), (list, texts) => {
        const ranges = complementOf(list);
        ranges.slice(1).forEach((range, i) => {
          const end = ranges[i]?.to;
          assert.ok(end !== undefined && range.from !== undefined && comparePrecedence(end, range.from) < 0);
        });
        // Along the order of versions, the answer changes at most once for each bound.
        const answers = texts
          .map(parseVersion)
          .sort(comparePrecedence)
          .map((at) => isAffected(ranges, at));
        const changes = answers.filter((answer, i) => i > 0 && answer !== answers[i - 1]).length;
        const bounds = ranges.reduce(
          (sum, { from, to }) => sum + Number(from !== undefined) + Number(to !== undefined),
          0,
        );
        assert.ok(changes <= bounds);
      }),
    );
  });

  it('one more requirement never affects more', () => {
    fc.assert(
      fc.property(requirements, requirement, version, (list, more, text) => {
        const at = parseVersion(text);
        assert.ok(!isAffected(complementOf([...list, more]), at) || isAffected(complementOf(list), at));
      }),
    );
  });

  it('order does not matter, and JSON keeps a range', () => {
    fc.assert(
      fc.property(requirements, (list) => {
        const ranges = complementOf(list).map(rangeText);
        assert.deepEqual(complementOf(list.toReversed()).map(rangeText), ranges);
        assert.deepEqual(ranges.map(parseRange).map(rangeText), ranges);
        assert.deepEqual(unionOf(ranges.map(parseRange).toReversed()).map(rangeText), ranges);
      }),
    );
  });

  it('nothing is between a version and its successor', () => {
    fc.assert(
      fc.property(version, version, (text, other) => {
        const [at, between] = [parseVersion(text), parseVersion(other)];
        const next = successor(at);
        assert.ok(comparePrecedence(at, next) < 0);
        assert.ok(!(comparePrecedence(at, between) < 0 && comparePrecedence(between, next) < 0));
      }),
    );
  });
});
