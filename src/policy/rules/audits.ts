import type { CrevFact } from '../../facts/crev/fact.ts';
import type { Fact } from '../../facts/fact.ts';
import type { VetFact } from '../../facts/vet/fact.ts';
import { type AuditSettings, auditSettings } from '../audit-settings.ts';
import { countedReviews, countedViolations, isAtLeast, mayReview } from '../audit-yes.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

/** What other people found who read the code. */
export const audits = defineRule({
  id: 'audits',
  doc:
    'Denies a release that someone who read it warns of: a cargo-vet violation by an organisation whose audits you ' +
    'import, or a negative crev review by someone in your web of trust. It warns of open problems that such reviewers ' +
    'report. An audit that finds nothing wrong is not a verdict and never shortens a cool-down; under the policy it ' +
    'lifts the trust score and answers the questions that `answers` lists. Exemptions, reviews by programs, reviews of ' +
    'other contents than the archive’s and, unless you say so, mere trust in a publisher are no audits. Strangers’ ' +
    'reviews count for nothing, either way.',
  section: 'audits',
  settings: auditSettings,
  contexts: ['index', 'release', 'change'],
  needs: ['vet', 'crev'],
  evaluate({ facts, settings }) {
    return [...vetFindings(facts.vet, settings), ...crevFindings(facts.crev, settings)];
  },
});

function vetFindings(fact: Fact<VetFact>, settings: AuditSettings): RuleFinding[] {
  if (fact.kind === 'unknown') return unknownFindings('What cargo-vet audits say', fact.reason, settings);
  const findings = missingFindings('What some cargo-vet audits say', fact.value, settings);
  const effect = settings.violations;
  if (effect === 'allow') return findings;
  const violations = countedViolations(fact.value, settings).map(
    ({ organisation, range, notes, file, line }) => ({
      effect,
      message: `${organisation} says that ${range} is not ${settings.criteria}${notes === undefined ? '' : `: ${oneLine(notes)}`}`,
      evidence: { file, ...(line === 0 ? {} : { line }) },
      next: 'Use a release outside that range; if they are wrong, talk to them.',
    }),
  );
  return [...findings, ...violations];
}

function crevFindings(fact: Fact<CrevFact>, settings: AuditSettings): RuleFinding[] {
  if (fact.kind === 'unknown') return unknownFindings('What crev reviews say', fact.reason, settings);
  const { negative, issues: open } = settings;
  const findings = missingFindings('What some crev reviews say', fact.value, settings);
  if (negative !== 'allow') {
    for (const { rating, reviewer, url, date, comment } of countedReviews(fact.value, settings)) {
      if (rating !== 'negative') continue;
      findings.push({
        effect: negative,
        message: `A reviewer whom you trust rated it negative on ${date.slice(0, 10)}${comment === undefined ? '.' : `: ${oneLine(comment)}`}`,
        evidence: { ...(url === undefined ? {} : { url }), values: { reviewer } },
        next: 'Use another release or crate.',
      });
    }
  }
  if (open === 'allow') return findings;
  for (const { id, severity, reporters, mendedIn } of fact.value.issues) {
    if (!isAtLeast(severity, settings['issue-severity'])) continue;
    const counted = reporters.filter((reporter) => mayReview(reporter, settings));
    if (counted.length === 0) continue;
    findings.push({
      effect: open,
      message: `Reviewers know an open problem of it, of ${severity} severity: ${oneLine(id)}`,
      evidence: { advisory: id, values: { reporters: counted.map(({ reviewer }) => reviewer).join(', ') } },
      next:
        mendedIn === undefined ? 'Read about it, or use another release.' : `Move to ${mendedIn} or later.`,
    });
  }
  return findings;
}

/** One source that is away hides nothing that the others say. */
function missingFindings(
  what: string,
  { missing }: Pick<VetFact, 'missing'>,
  settings: AuditSettings,
): RuleFinding[] {
  return missing === undefined ? [] : unknownFindings(what, missing.join('; '), settings);
}

function unknownFindings(what: string, reason: string, { unknown }: AuditSettings): RuleFinding[] {
  if (unknown === 'allow') return [];
  return [{ effect: unknown, message: `${what} is unknown: ${reason}.`, next: 'See why it cannot be read.' }];
}

/** Others' texts as part of one sentence: their lines joined, cut where they get long. */
function oneLine(text: string): string {
  const line = text.replace(/\p{C}+|\s+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
