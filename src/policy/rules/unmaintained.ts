import { informationalFindings, informationalSettings, titleOf, wayOut } from '../advisory.ts';
import { defineRule } from '../rule.ts';

/** Nobody looks after it any more. */
export const unmaintained = defineRule({
  id: 'unmaintained',
  doc:
    'Warns of a release whose crate an advisory calls unmaintained: a flaw found tomorrow will not be fixed, and an ' +
    'abandoned name or account is what an attacker takes over. It is no flaw today, so by default it stops nothing. ' +
    'Where `effect` is set to review or deny, a release is held while the advisories are unknown.',
  section: 'unmaintained',
  settings: informationalSettings('nobody maintains any more'),
  contexts: ['index', 'release', 'change'],
  needs: ['advisories'],
  evaluate({ facts, settings }) {
    return informationalFindings(facts.advisories, settings, {
      question: 'whether it is maintained',
      wanted: ({ kind }) => kind === 'unmaintained',
      message: (match) => `It is unmaintained: ${titleOf(match)}.`,
      next: (match) => wayOut(match, 'Plan to replace it; the advisory often names alternatives.'),
    });
  },
});
