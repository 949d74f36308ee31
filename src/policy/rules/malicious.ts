import { z } from 'zod';
import { evidenceOf, matchesOf, titleOf, unknownFindings, unknownSettings } from '../advisory.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

const settings = z.strictObject(unknownSettings);

/** Code that is itself the attack. */
export const malicious = defineRule({
  id: 'malicious',
  doc:
    'Denies a release that an advisory calls malicious code: a crate that was published as an attack, or a release ' +
    'that somebody put an attack into. It is told from the advisory’s category, id, keywords, title and, where the ' +
    'registry deleted the crate, its text. Nothing in the policy softens it. While a configured advisory database ' +
    'cannot be read, nothing new passes (`unknown = "hold"`): it may hold the very advisory that would stop it. Where ' +
    'none is configured there is nothing to wait for: the server says so when it starts. Set `not-configured` to `hold` ' +
    'to make the database a condition.',
  section: 'malicious',
  settings,
  waivable: false,
  contexts: ['index', 'release', 'change'],
  needs: ['advisories'],
  evaluate({ facts, settings }) {
    const found = matchesOf(facts.advisories, ({ kind }) => kind === 'malicious').map(
      (match): RuleFinding => ({
        effect: 'deny',
        message: `It is malicious: ${titleOf(match)}.`,
        evidence: evidenceOf(match),
        next: `Remove it, and treat every machine that has built it as taken over.${
          match.unaffected === undefined ? '' : ` Not affected: ${match.unaffected}.`
        }`,
      }),
    );
    return [...found, ...unknownFindings(facts.advisories, 'whether it is malicious', settings)];
  },
});
