import { z } from 'zod';
import { durationSetting } from '../duration.ts';
import { defineRule } from '../rule.ts';
import { isYounger, releasedAt } from '../since.ts';
import { sayTrustLine, trustOf, trustWeights } from '../trust-score.ts';
import { setUpMaintainers, unknownFinding, unknownSetting } from '../unknown.ts';

const score = (value: number, what: string) =>
  z.int().min(0).max(100).default(value).meta({ stricter: 'greater' }).describe(what);

const settings = z.strictObject({
  'warn-below': score(15, 'Releases with a lower score get a warning.'),
  'review-below': score(0, 'Releases with a lower score need a review; 0: none.'),
  'younger-than': durationSetting('90d')
    .describe('Releases that are older are not looked at.')
    .meta({ stricter: 'greater' }),
  weights: trustWeights,
  unknown: unknownSetting,
});

/** How far the people behind a release can be relied on. */
export const maintainerTrust = defineRule({
  id: 'maintainer-trust',
  doc:
    'Scores from 0 to 100 how far the people behind a release can be relied on: how many own the crate and for how ' +
    'long, whether this publisher has published it before, what else they publish, trusted publishing, take-downs, and ' +
    'owners added just before the release. An audit that the policy counts lifts it. Every line of the score is in the finding; docs/trust-score.md has the ' +
    'formula. What is not known gives no points and says so. By default a very low score warns, and nothing more.',
  section: 'maintainer-trust',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['age', 'maintainers'],
  evaluate({ facts, settings, yes, now }) {
    const least = Math.max(settings['warn-below'], settings['review-below']);
    if (least === 0 || !isYounger(releasedAt(facts.age), settings['younger-than'], now)) return [];
    if (facts.maintainers.kind === 'unknown') {
      const { reason } = facts.maintainers;
      return unknownFinding(settings.unknown, 'Who stands behind it', reason, setUpMaintainers);
    }
    const { score, lines } = trustOf(facts.maintainers.value, yes, settings.weights, now);
    if (score >= least) return [];
    const values = lines.map((line) => [line.part, sayTrustLine(line)]);
    return [
      {
        effect: score < settings['review-below'] ? 'review' : 'warn',
        message: `The people behind it score ${score} of 100.`,
        evidence: { values: { score: String(score), ...Object.fromEntries(values) } },
        next: 'See who they are; the lines of the score say what is missing.',
      },
    ];
  },
});
