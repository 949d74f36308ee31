import { informationalFindings, informationalSettings, titleOf, wayOut } from '../advisory.ts';
import { defineRule } from '../rule.ts';

/** Safe code can reach undefined behaviour through it. */
export const unsound = defineRule({
  id: 'unsound',
  doc:
    'Warns of a release that an advisory calls unsound: through its public interface, code without `unsafe` can reach ' +
    'undefined behaviour. Whether a program does is for who uses it to see, so by default it stops nothing. Where ' +
    '`effect` is set to review or deny, a release is held while the advisories are unknown.',
  section: 'unsound',
  settings: informationalSettings('is unsound'),
  contexts: ['index', 'release', 'change'],
  needs: ['advisories'],
  evaluate({ facts, settings }) {
    return informationalFindings(facts.advisories, settings, {
      question: 'whether it is sound',
      wanted: ({ kind }) => kind === 'unsound',
      message: (match) => `It is unsound: ${titleOf(match)}.`,
      next: (match) =>
        wayOut(match, 'See whether the program uses what the advisory names; else replace it.'),
    });
  },
});
