/** The small twin of tests/real/cargo-deny.test.ts: crates of our own, with the answers that cargo-deny gave recorded. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifestOf } from '../../../src/cargo/crate-archive.ts';
import { termsOf, termText } from '../../../src/facts/license/expression.ts';
import { licenseFact, readLicense } from '../../../src/facts/license/release.ts';
import { readingOf } from '../../../src/policy/license-reading.ts';
import { license } from '../../../src/policy/rules/license.ts';
import { ask } from '../../policy/rule-asker.ts';
import { files } from '../../samples/files.ts';
import answers from './deny-answers.json' with { type: 'json' };
import { type DenyCase, denyCasePolicies, denyCases } from './deny-cases.ts';

const listed: Readonly<Record<string, readonly string[]>> = answers.licenses;
const refused: Readonly<Record<string, readonly string[]>> = answers.refused;

function factOf({ name, license: expression, licenseFile, files: more }: DenyCase) {
  const fields = Object.entries({ name, version: '0.1.0', license: expression, 'license-file': licenseFile })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const all = files({ 'Cargo.toml': `[package]\n${fields.join('\n')}\n`, ...more });
  return readLicense(all, manifestOf({ files: all }));
}

describe(`as cargo-deny ${answers.version} has it (else: node scripts/record-cargo-deny.ts)`, () => {
  for (const one of denyCases) {
    const subject = { registry: '', crate: one.name, version: '0.1.0', checksum: '' };
    it(`${one.name}${one.license === undefined ? '' : `: ${one.license}`}`, () => {
      const fact = factOf(one);
      const { license: found } = readingOf(fact, subject, { clarify: [], confidence: 0.8 });
      const terms = found === undefined ? [] : [...new Set(termsOf(found.expression).map(termText))];
      assert.deepEqual(terms, listed[one.name]);
      for (const policy of denyCasePolicies) {
        const findings = ask(license, { license: licenseFact(fact, 0) }, policy.ours, subject);
        const ours = findings.some(({ effect }) => effect === 'deny');
        assert.equal(
          ours,
          refused[policy.name]?.includes(one.name),
          `${policy.name}: ${JSON.stringify(findings)}`,
        );
      }
    });
  }
});
