import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CargoError } from '../../src/cargo/error.ts';
import {
  comparePrecedence,
  compareVersions,
  isPrerelease,
  parseVersion,
  sameIgnoringBuild,
  tryParseVersion,
  type Version,
} from '../../src/cargo/version.ts';
import { validVersion } from './semver-texts.ts';

const versions = validVersion.map(parseVersion);

test('reads the parts of a version', () => {
  const { major, minor, patch, pre, build, text } = parseVersion('1.20.18446744073709551615-rc.1+b.007');
  assert.deepEqual([major, minor, patch], [1n, 20n, 2n ** 64n - 1n]);
  assert.deepEqual([pre, build, text], [['rc', '1'], ['b', '007'], '1.20.18446744073709551615-rc.1+b.007']);
});

test('refuses what the semver crate refuses', () => {
  const wrong = [
    '',
    '1',
    '1.2',
    '1.2.3.4',
    'v1.2.3',
    ' 1.2.3',
    '1.2.3 ',
    '1.2.3\n',
    '01.2.3',
    '1.2.3-',
    '1.2.3+',
  ];
  const odd = [
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3-é',
    '1.2.18446744073709551616',
    `1.2.${'9'.repeat(100_000)}`,
    '١.2.3',
  ];
  for (const text of [...wrong, ...odd]) {
    assert.equal(tryParseVersion(text), undefined, text.slice(0, 30));
    assert.throws(() => parseVersion(text), { name: 'CargoError', code: 'cargo/version' });
  }
});

test('orders versions', () => {
  const ascending = [
    '0.0.0-0',
    '0.0.0',
    '1.0.0-1',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.0+0',
    '1.0.0+00',
    '1.0.0+1',
    '1.0.0+01',
    '1.0.0+a',
    '1.0.0+a.1',
    '1.0.1',
    '10.0.0',
  ].map(parseVersion);
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      assert.equal(compareVersions(a, b), Math.sign(i - j), `${a.text} ${b.text}`);
    }
  }
});

test('build metadata has no precedence', () => {
  assert.ok(sameIgnoringBuild(parseVersion('1.0.0+a'), parseVersion('1.0.0+b')));
  assert.ok(!sameIgnoringBuild(parseVersion('1.0.0-a'), parseVersion('1.0.0')));
  assert.ok(isPrerelease(parseVersion('1.0.0-a')) && !isPrerelease(parseVersion('1.0.0+a')));
});

test('a message about a hostile text is one short line', () => {
  const error = new CargoError('cargo/version', 'x');
  assert.deepEqual([error.line, error.column, error.code], [undefined, undefined, 'cargo/version']);
  try {
    parseVersion(`\u001b[2J\u202e${'1'.repeat(1000)}`);
    assert.fail('it parsed');
  } catch (thrown) {
    assert.ok(thrown instanceof CargoError);
    assert.match(thrown.message, /^`\\u\{1b\}\[2J\\u\{202e\}1+…` is not a version$/);
  }
});

test('parsing gives back what was written', () => {
  fc.assert(fc.property(versions, (v) => printed(v) === v.text));
});

test('both orders are total', () => {
  for (const compare of [compareVersions, comparePrecedence]) {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        assert.equal(compare(a, a), 0);
        assert.equal(compare(a, b), 0 - compare(b, a));
        if (compare(a, b) <= 0 && compare(b, c) <= 0) assert.ok(compare(a, c) <= 0);
      }),
      { numRuns: 2000 },
    );
  }
  fc.assert(fc.property(versions, versions, (a, b) => (compareVersions(a, b) === 0) === (a.text === b.text)));
});

test('never throws but says undefined', () => {
  fc.assert(fc.property(fc.string(), (text) => tryParseVersion(text) === undefined || text.includes('.')));
});

function printed({ major, minor, patch, pre, build }: Version): string {
  const [a, b] = [pre.length > 0 ? `-${pre.join('.')}` : '', build.length > 0 ? `+${build.join('.')}` : ''];
  return `${major}.${minor}.${patch}${a}${b}`;
}
