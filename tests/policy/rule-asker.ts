import { parse } from 'smol-toml';
import type { Facts } from '../../src/facts/map.ts';
import type { ReleaseSubject } from '../../src/facts/subject.ts';
import type { Finding } from '../../src/policy/finding.ts';
import type { Rule } from '../../src/policy/rule.ts';

export const askedAt = Date.parse('2026-08-20T12:00:00Z');

export const askedOf: ReleaseSubject = {
  registry: 'r',
  crate: 'Some_Crate',
  version: '1.2.3',
  checksum: 'a'.repeat(64),
};

/** Asks one rule with the settings that a TOML text holds. */
export function ask(rule: Rule, facts: Facts, toml = '', subject = askedOf): readonly Finding[] {
  const settings = rule.settings.parse(parse(toml));
  return rule.evaluate({ context: 'release', subject, facts, now: askedAt }, settings);
}

/** The effects of the findings, in their order. */
export function effectsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ effect }) => effect);
}
