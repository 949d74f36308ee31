import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unknown } from '../../src/facts/fact.ts';
import { type LicenseFact, licenseFact } from '../../src/facts/license/release.ts';
import type { Facts } from '../../src/facts/map.ts';
import { type DependencyKind, placeFact } from '../../src/facts/place.ts';
import { license } from '../../src/policy/rules/license.ts';
import { ask, askedAt, effectsOf } from './rule-asker.ts';

const digest = 'd'.repeat(64);

function facts(fact: Partial<LicenseFact>): Facts {
  return { license: licenseFact({ texts: [], problems: [], ...fact }, askedAt) };
}

const text = (file: string, id: string | undefined, confidence: number) => ({
  file,
  sha256: digest,
  id,
  confidence,
});
const says = (expression: string) => facts({ expression, line: 7 });

const reached = (...kinds: DependencyKind[]): Facts => ({
  place: placeFact({ dependents: [], siblings: [], kinds }, askedAt),
});

describe('license', () => {
  const cases: [name: string, facts: Facts, toml: string, effects: string[]][] = [
    ['an empty policy accepts any known licence', says('AGPL-3.0-only'), '', []],
    ['… and only warns of none', facts({}), '', ['warn']],
    ['a list accepts what it has', says('MIT OR GPL-3.0-only'), 'allow = ["MIT"]', []],
    ['… and nothing else', says('MIT AND GPL-3.0-only'), 'allow = ["MIT"]', ['deny']],
    ['… mildly, where the policy says so', says('ISC'), 'allow = ["MIT"]\nrefused = "review"', ['review']],
    ['… and not what has no licence', facts({}), 'allow = ["MIT"]', ['deny']],
    ['… unless the policy says so', facts({}), 'allow = ["MIT"]\nunlicensed = "warn"', ['warn']],
    ['deny without a list', says('MIT AND SSPL-1.0'), 'deny = ["SSPL-1.0"]', ['deny']],
    ['deny leaves another way', says('MIT OR SSPL-1.0'), 'deny = ["SSPL-1.0"]', []],
    ['deny beats the list', says('MIT'), 'allow = ["MIT"]\ndeny = ["MIT"]', ['deny']],
    [
      'an exception for the crate, despite both',
      says('SSPL-1.0'),
      'allow = ["MIT"]\ndeny = ["SSPL-1.0"]\n[[exceptions]]\nname = "some-crate"\nversion = "1"\nallow = ["SSPL-1.0"]',
      [],
    ],
    [
      'an exception for another version',
      says('ISC'),
      'allow = ["MIT"]\n[[exceptions]]\nname = "some-crate"\nversion = "2"\nallow = ["ISC"]',
      ['deny'],
    ],
    ['copyleft, where asked', says('MIT AND LGPL-3.0-only'), 'copyleft = "review"', ['review']],
    ['copyleft with another way', says('MIT OR LGPL-3.0-only'), 'copyleft = "review"', []],
    ['copyleft that the list names', says('MPL-2.0'), 'copyleft = "review"\nallow = ["MPL-2.0"]', []],
    [
      'files, all of them',
      facts({ texts: [text('COPYING', 'MIT', 1), text('LICENSE', 'ISC', 0.9)] }),
      'allow = ["MIT"]',
      ['deny'],
    ],
    [
      'files, both allowed',
      facts({ texts: [text('COPYING', 'MIT', 1), text('LICENSE', 'ISC', 0.9)] }),
      'allow = ["MIT", "ISC"]',
      [],
    ],
    [
      'a file that is like nothing much',
      facts({ texts: [text('LICENSE', 'MIT', 0.79)] }),
      'allow = ["MIT"]',
      ['warn', 'deny'],
    ],
    [
      '… is enough with less confidence',
      facts({ texts: [text('LICENSE', 'MIT', 0.79)] }),
      'allow = ["MIT"]\nconfidence = 0.7',
      [],
    ],
    [
      '… exactly as much, in single precision',
      facts({ texts: [text('LICENSE', 'MIT', Math.fround(0.8))] }),
      'allow = ["MIT"]',
      [],
    ],
    [
      'one file known, one not',
      facts({ texts: [text('COPYING', undefined, 0.2), text('LICENSE', 'MIT', 1)] }),
      'allow = ["MIT"]',
      ['warn'],
    ],
    [
      'an expression beats files',
      facts({ expression: 'MIT', texts: [text('LICENSE', 'GPL-3.0-only', 1)] }),
      'allow = ["MIT"]',
      [],
    ],
    [
      'no expression at all: files',
      facts({ expression: 'see LICENSE', texts: [text('LICENSE', 'MIT', 1)] }),
      'allow = ["MIT"]',
      ['warn'],
    ],
    ['what only tests use', { ...says('ISC'), ...reached('dev') }, 'allow = ["MIT"]', []],
    [
      '… where the policy judges that, too',
      { ...says('ISC'), ...reached('dev') },
      'allow = ["MIT"]\ndev-dependencies = true',
      ['deny'],
    ],
    ['what build scripts use', { ...says('ISC'), ...reached('build', 'dev') }, 'allow = ["MIT"]', ['deny']],
    ['an unknown fact', { license: unknown('not read', 'archive', askedAt) }, '', ['hold']],
    ['no fact', {}, '', ['hold']],
  ];
  for (const [name, given, toml, effects] of cases) {
    it(name, () => assert.deepEqual(effectsOf(ask(license, given, toml)), effects));
  }

  const clarify = (path: string, sha256: string) =>
    `allow = ["MIT"]\n[[clarify]]\nname = "some_crate"\nexpression = "MIT"\nfiles = [{ path = "${path}", sha256 = "${sha256}" }]`;
  const odd = facts({ expression: 'LicenseRef-odd', texts: [text('LICENSE', undefined, 0.4)] });

  it('a clarification holds while its files are the same', () => {
    assert.deepEqual(ask(license, odd, clarify('LICENSE', digest)), []);
    const changed = ask(license, odd, clarify('LICENSE', 'e'.repeat(64)));
    assert.deepEqual(effectsOf(changed), ['warn', 'deny']);
    assert.match(changed[0]?.message ?? '', /no longer holds: LICENSE is not the file that it pins/);
    assert.deepEqual(effectsOf(ask(license, odd, clarify('OTHER', digest))), ['warn', 'deny']);
  });

  it('a finding names the failing term and the place', () => {
    const [finding] = ask(license, says('(MIT OR Apache-2.0) AND Unicode-3.0'), 'allow = ["MIT"]');
    assert.equal(
      finding?.message,
      'Its licence is “(MIT OR Apache-2.0) AND Unicode-3.0”, and the policy does not accept Unicode-3.0.',
    );
    assert.deepEqual(finding?.evidence, {
      file: 'Cargo.toml',
      line: 7,
      values: {
        license: '(MIT OR Apache-2.0) AND Unicode-3.0',
        from: 'Cargo.toml',
        failing: 'Unicode-3.0',
      },
    });
  });

  it('without a licence it says what a clarification would pin', () => {
    const [, finding] = ask(license, facts({ texts: [text('LICENSE', undefined, 0.4)] }));
    assert.deepEqual(finding?.evidence.values, { LICENSE: digest });
  });

  it('settings that are no licence are refused, with a hint', () => {
    for (const toml of ['allow = ["mit"]', 'allow = ["MIT OR ISC"]', 'deny = ["X"]', 'confidence = 0.2'])
      assert.throws(() => ask(license, {}, toml));
    assert.throws(() => ask(license, {}, 'allow = ["mit"]'), /did you mean \\?"MIT/);
    assert.throws(() => ask(license, {}, '[[clarify]]\nname = "a"\nexpression = "MIT"\nfiles = []'));
  });
});
