import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compatibleWith,
  matches,
  parseRequirement,
  requirementText,
  tryParseRequirement,
} from '../../src/cargo/requirement.ts';
import { comparePrecedence, parseVersion } from '../../src/cargo/version.ts';
import { nearVersion, requirementLike, validVersion } from './semver-texts.ts';

/** Requirement, versions it takes, versions it does not. */
const table: readonly (readonly [string, string, string])[] = [
  ['1.2.3', '1.2.3 1.2.4 1.9.0 1.2.3+b', '1.2.2 2.0.0 1.2.4-rc.1'],
  ['0.2.3', '0.2.3 0.2.9', '0.3.0 0.2.2'],
  ['0.0.3', '0.0.3', '0.0.4 0.0.2'],
  ['^0.0', '0.0.0 0.0.9', '0.1.0'],
  ['^0', '0.0.0 0.9.9', '1.0.0'],
  ['1', '1.0.0 1.9.9', '0.9.9 2.0.0 1.0.0-rc.1'],
  ['~1.2.3', '1.2.3 1.2.9', '1.3.0 1.2.2'],
  ['~1.2', '1.2.0 1.2.9', '1.3.0'],
  ['~1', '1.0.0 1.9.0', '2.0.0'],
  ['*', '0.0.0 9.9.9', '1.0.0-rc.1'],
  ['1.*', '1.0.0 1.9.9', '2.0.0'],
  ['1.2.*', '1.2.0 1.2.9', '1.3.0'],
  ['1.x.X', '1.0.0', '2.0.0'],
  ['=1.2.3', '1.2.3 1.2.3+b', '1.2.4'],
  ['=1.2', '1.2.0 1.2.9', '1.3.0'],
  ['>1.2', '1.3.0', '1.2.0 1.2.9'],
  ['>=1.2', '1.2.0 2.0.0', '1.1.9'],
  ['<1.2', '1.1.9', '1.2.0'],
  ['<=1.2', '1.2.9 1.1.0', '1.3.0'],
  ['>=1.2.3, <1.8', '1.2.3 1.7.9', '1.8.0 1.2.2'],
  [' >=  1.2.3 ,<1.8 ', '1.2.3', '1.8.0'],
  ['1.2.3-rc.1', '1.2.3-rc.1 1.2.3-rc.2 1.2.3 1.9.0', '1.2.3-beta 1.2.4-rc.1'],
  ['>1.2.3-rc.1, <2', '1.2.3-rc.2 1.2.3', '1.3.0-rc.1 1.2.3-rc.1'],
  ['1.2.3+ignored', '1.2.3+other 1.2.4', '1.2.2'],
];

test('matches as cargo does', () => {
  for (const [text, yes, no] of table) {
    const requirement = parseRequirement(text);
    for (const version of yes.split(' ')) {
      assert.ok(matches(requirement, parseVersion(version)), `${text} should take ${version}`);
    }
    for (const version of no.split(' ')) {
      assert.ok(!matches(requirement, parseVersion(version)), `${text} should not take ${version}`);
    }
  }
});

test('refuses what the semver crate refuses', () => {
  const wrong = [
    '',
    ' ',
    ',',
    '1,',
    ',1',
    '1 2',
    '1 || 2',
    '1.2.3 - 2',
    '>=*',
    '*, 1',
    '1, *',
    '*.1',
    '1.*.1',
    '01',
  ];
  const odd = ['1.2-rc', '1.2+b', '1.2.*-rc', '\t1', '1\t', '> =1', '!1', '1.2.3.4', '18446744073709551616'];
  for (const text of [...wrong, ...odd]) {
    assert.throws(() => parseRequirement(text), { code: 'cargo/requirement' }, text);
    assert.equal(tryParseRequirement(text), undefined);
  }
  assert.doesNotThrow(() => parseRequirement(Array(32).fill('1').join()));
  assert.throws(() => parseRequirement(Array(33).fill('1').join()), { code: 'cargo/requirement' });
});

test('compatibleWith is the caret requirement', () => {
  assert.equal(compatibleWith(parseVersion('1.2.3-rc.1+b')).text, '^1.2.3-rc.1');
  fc.assert(
    fc.property(validVersion, nearVersion, (a, b) => {
      const [base, other] = [parseVersion(a), parseVersion(b)];
      const written = parseRequirement(`^${a}`);
      assert.equal(matches(compatibleWith(base), other), matches(written, other));
      assert.ok(matches(compatibleWith(base), base));
    }),
  );
});

test('the printed form means the same', () => {
  fc.assert(
    fc.property(requirementLike, (text) => {
      const requirement = tryParseRequirement(text);
      if (requirement === undefined) return;
      const again = parseRequirement(requirementText(requirement));
      assert.deepEqual(again.comparators, requirement.comparators);
    }),
    { numRuns: 2000 },
  );
});

test('an exact requirement takes one precedence', () => {
  fc.assert(
    fc.property(nearVersion, nearVersion, (a, b) => {
      const [left, right] = [parseVersion(a), parseVersion(b)];
      assert.equal(matches(parseRequirement(`=${a}`), right), comparePrecedence(left, right) === 0);
    }),
  );
});
