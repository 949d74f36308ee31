import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sayDuration } from '../../src/policy/duration.ts';
import { PolicyError } from '../../src/policy/error.ts';
import { loadLayers, loadPolicy } from '../../src/policy/policy.ts';

const load = (text: string) => loadPolicy({ file: 'safeguard.toml', text });

describe('loadPolicy', () => {
  it('takes an empty file for the defaults', () => {
    assert.deepEqual(load('').settings.cooldown, {
      release: 3 * 86_400_000,
      'new-crate': 7 * 86_400_000,
      'trust-pubtime': true,
      'break-glass': false,
      'break-glass-within': 86_400_000,
    });
  });

  it('gives equal digests to equal meanings', () => {
    assert.equal(load('').digest, load('# nothing\n[cooldown]\nrelease = "72 hours"\n').digest);
    assert.notEqual(load('').digest, load('[cooldown]\nrelease = "4d"').digest);
  });

  const refused: [text: string, message: string][] = [
    [
      '[cooldown]\nrelese = "3d"',
      'safeguard.toml:2:1: unknown key `cooldown.relese`; did you mean `release`?',
    ],
    ['\n\n[cooldwn]\nrelease = "3d"', 'safeguard.toml:3:1: unknown key `cooldwn`; did you mean `cooldown`?'],
    ['cooldown.relese = "3d"', 'safeguard.toml:1:1: unknown key `cooldown.relese`; did you mean `release`?'],
    ['[zebra]', 'safeguard.toml:1:1: unknown key `zebra`'],
    [
      '[cooldown]\n\n  release = "3 parsecs"',
      'safeguard.toml:3:3: cooldown.release: expected a duration such as "3d", "12h" or "90 minutes"',
    ],
    [
      '[cooldown]\nrelease = 3',
      'safeguard.toml:2:1: cooldown.release: Invalid input: expected string, received number',
    ],
    [
      '[cooldown]\nrelease = "-3d"',
      'safeguard.toml:2:1: cooldown.release: expected a duration such as "3d", "12h" or "90 minutes"',
    ],
    [
      '[[blocklist.crates]]\nname = "a"\nreason = "x"\n[[blocklist.crates]]\nname = "b"\nresaon = "y"',
      'safeguard.toml:4:1: blocklist.crates.1.reason: Invalid input: expected string, received undefined',
    ],
    ['[cooldown\n', 'safeguard.toml:1:'],
    ['[yank-burst]\ncount = 1', 'safeguard.toml:2:1: yank-burst.count: Too small: expected number to be >=2'],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => load(text),
        (error) => error instanceof PolicyError && error.message.startsWith(message) && error.line > 0,
      );
    });
  }

  it('throws nothing but PolicyError, whatever the file', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('[cooldown]', 'release = "3d"', '[[blocklist.crates]]', 'name = "x"', 'a = { b = 1 }'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          load(lines.join('\n'));
        } catch (error) {
          assert.ok(error instanceof PolicyError, String(error));
        }
      }),
    );
  });
});

describe('sayDuration', () => {
  const cases: [milliseconds: number, words: string][] = [
    [0, '0 minutes'],
    [1, '1 minute'],
    [60_000, '1 minute'],
    [35 * 60_000, '35 minutes'],
    [3_600_000, '1 hour'],
    [2 * 86_400_000 + 4 * 3_600_000 + 5 * 60_000, '2 days 4 hours'],
    [86_400_000 + 60_000, '1 day'],
    [-5, '0 minutes'],
  ];
  for (const [milliseconds, words] of cases) it(words, () => assert.equal(sayDuration(milliseconds), words));
});

describe('a rule that a policy names', () => {
  const waiver = (rule: string) =>
    `[[waiver]]\nrule = "${rule}"\ncrate = "a"\nreason = "r"\nby = "b"\nexpires = "2026-09-01"\n`;

  it('must be there, in a waiver, among the answers of audits and where it has owners', () => {
    assert.throws(
      () => loadPolicy({ file: 'p.toml', text: waiver('typosqat') }),
      /^PolicyError: p\.toml:2:1: waiver\.0\.rule: there is no rule `typosqat`; did you mean `typosquat`\?$/,
    );
    assert.throws(
      () => loadPolicy({ file: 'p.toml', text: '[audits]\nanswers = ["age", "nothing-of-the-kind"]\n' }),
      /p\.toml:2:\d+: audits\.answers\.1: there is no rule `nothing-of-the-kind`$/,
    );
    assert.throws(
      () => loadPolicy({ file: 'p.toml', text: '[decisions.owners]\ncapability-aded = ["rita"]\n' }),
      /^PolicyError: p\.toml:2:1: decisions\.owners\.capability-aded: there is no rule `capability-aded`; did you mean `capability-added`\?$/,
    );
  });

  it('may be one of the organisation’s', () => {
    const own = '[[rule]]\nid = "no-gpl-tools"\nwhen = "true"\neffect = "warn"\nmessage = "m"\nnext = "n"\n';
    const project = { file: 'p.toml', text: waiver('no-gpl-tools') };
    assert.doesNotThrow(() => loadLayers({ organisation: { file: 'o.toml', text: own }, project }));
    assert.doesNotThrow(() => loadLayers({ project }), 'alone, it may be the organisation’s');
    assert.throws(
      () => loadLayers({ organisation: { file: 'o.toml', text: '' }, project }),
      /there is no rule/,
    );
  });
});
