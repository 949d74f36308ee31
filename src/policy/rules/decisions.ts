import { dayOf, decisionSettings, inForce } from '../decisions.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

/** What people decided on a release that waited for them. */
export const decisions = defineRule({
  id: 'decisions',
  doc:
    'What people decide with `safeguard quarantine approve` and `reject` on a release that waits for a review. A yes is bound to the ' +
    'bytes and to the findings that were there: another finding, or other evidence, asks again. It answers questions to a ' +
    'person and nothing else: a cool-down runs its time, and neither malice nor a block nor broken bytes are softened by it. Where ' +
    '`people` asks for more than one, that many different people must say it; where a rule has `owners`, they alone answer what it asks. Whoever asked for a release ' +
    'does not approve of it. A no denies the release, whatever else is ' +
    'found, until it is taken back or ends.',
  section: 'decisions',
  settings: decisionSettings,
  waivable: false,
  contexts: ['index', 'release', 'change'],
  needs: ['decisions'],
  evaluate({ facts, now }) {
    if (facts.decisions.kind === 'unknown') {
      const message = `Whether a person has rejected it is unknown: ${facts.decisions.reason}.`;
      return [{ effect: 'hold', message, next: 'Nothing to do: it is asked for again.' }];
    }
    return inForce(facts.decisions, now)
      .filter(({ kind }) => kind === 'reject')
      .map(
        ({ by, at, reason }): RuleFinding => ({
          effect: 'deny',
          message: `${by} rejected it on ${dayOf(at)}: ${reason}`,
          next: 'Use another release, or ask whoever rejected it to take that back.',
        }),
      );
  },
});
