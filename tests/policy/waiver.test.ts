import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { yanksFact } from '../../src/facts/yanks.ts';
import { PolicyError } from '../../src/policy/error.ts';
import { judge } from '../../src/policy/judge.ts';
import { loadLayers, loadPolicy, type Policy } from '../../src/policy/policy.ts';
import { leadingFinding } from '../../src/policy/verdict.ts';
import { factsOf, subject } from '../samples/facts.ts';

const now = Date.parse('2026-08-25T00:00:00Z');
const burst = yanksFact(
  { appearedAt: now, seen: ['0.3.7', '0.3.8', '0.3.9'].map((version) => ({ version, at: now })) },
  now,
);
const facts = factsOf({ yanks: burst });

const waiver = (more = '', rule = 'yank-burst') =>
  `[[waiver]]\nrule = "${rule}"\ncrate = "ArrayRef"\nreason = "the maintainer explained"\nby = "Dana"\nexpires = 2026-09-30\n${more}\n`;

function verdictOf(policy: Policy, at = now) {
  return judge(policy, { context: 'release', subject, facts, now: at });
}

const load = (text: string) => loadPolicy({ file: 'safeguard.toml', text });

describe('a waiver', () => {
  it('is not needed where nothing is found, and the finding holds without it', () => {
    assert.equal(verdictOf(load('')).decision, 'hold');
  });

  it('excepts the findings of its rule, and leaves them to be seen', () => {
    const verdict = verdictOf(load(waiver().replaceAll('2026-09-30', '"2026-09-30"')));
    assert.equal(verdict.decision, 'allow');
    assert.deepEqual(verdict.findings.find(({ rule }) => rule === 'yank-burst')?.waived, {
      by: 'Dana',
      reason: 'the maintainer explained',
      expires: '2026-09-30',
    });
    assert.equal(leadingFinding(verdict)?.effect, 'warn');
  });

  const useless: [name: string, text: string, complaint: RegExp | undefined][] = [
    ['of another crate', waiver().replace('ArrayRef', 'serde'), undefined],
    ['of another version', waiver('version = "^0.4"'), undefined],
    ['of another advisory', waiver('advisory = "RUSTSEC-2026-0001"'), undefined],
    ['that expired', waiver().replace('2026-09-30', '2026-08-24'), /it expired on 2026-08-24/],
    ['that ends on the very day', waiver().replace('2026-09-30', '2026-08-25'), /it expired/],
    [
      'that runs too long',
      waiver().replace('2026-09-30', '2027-09-30'),
      /longer than the policy allows \(90 days\)/,
    ],
  ];
  for (const [name, text, complaint] of useless) {
    it(`${name} changes nothing`, () => {
      const verdict = verdictOf(load(quoteDate(text)));
      assert.equal(verdict.decision, 'hold');
      const said = verdict.findings.find((finding) => finding.rule === 'waiver')?.message;
      if (complaint === undefined) assert.equal(said, undefined);
      else assert.match(said ?? '', complaint);
    });
  }

  it('never excepts a cool-down, a block or broken integrity', () => {
    for (const rule of ['age', 'blocklist', 'integrity']) {
      const verdict = judge(load(quoteDate(waiver('', rule))), {
        context: 'release',
        subject,
        facts: {},
        now,
      });
      assert.ok(
        verdict.findings
          .filter((finding) => finding.rule === rule)
          .every((finding) => finding.waived === undefined),
      );
      assert.match(
        verdict.findings.find((finding) => finding.rule === 'waiver')?.message ?? '',
        /cannot be waived/,
      );
    }
  });

  it('of a project counts only where the organisation lets projects waive', () => {
    const project = { file: 'safeguard.toml', text: quoteDate(waiver()) };
    const organisation = (text: string) => ({ file: 'organisation.toml', text });
    assert.equal(verdictOf(loadLayers({ organisation: organisation(''), project })).decision, 'allow');
    assert.equal(
      verdictOf(loadLayers({ organisation: organisation('[waivers]\nproject = false'), project })).decision,
      'hold',
    );
  });

  for (const missing of ['reason', 'by', 'expires', 'rule', 'crate']) {
    it(`needs ${missing}`, () => {
      const text = quoteDate(waiver()).replace(new RegExp(`^${missing} = .*\n`, 'm'), '');
      assert.throws(() => load(text), PolicyError);
    });
  }
});

function quoteDate(text: string): string {
  return text.replace(/expires = ([\d-]+)/, 'expires = "$1"');
}
