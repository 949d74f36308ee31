import { informationalFindings, informationalSettings, oneLine, titleOf, wayOut } from '../advisory.ts';
import { defineRule } from '../rule.ts';

/** Something that its users should know. */
export const notice = defineRule({
  id: 'notice',
  doc:
    'Warns of a release with an advisory that is a notice: something its users should know that is no flaw of the ' +
    'crate. Informational advisories of a kind that only their feed knows count as notices too, and are named by that ' +
    'kind. Where `effect` is set to review or deny, a release is held while the advisories are unknown.',
  section: 'notice',
  settings: informationalSettings('has a notice'),
  contexts: ['index', 'release', 'change'],
  needs: ['advisories'],
  evaluate({ facts, settings }) {
    return informationalFindings(facts.advisories, settings, {
      question: 'whether there is a notice about it',
      wanted: ({ kind }) => kind === 'notice' || kind === 'other',
      message: (match) =>
        match.kind === 'other'
          ? `There is an advisory of the kind “${oneLine(match.informational ?? match.kind)}”: ${titleOf(match)}.`
          : `There is a notice: ${titleOf(match)}.`,
      next: (match) => wayOut(match, 'Read the advisory and see whether it concerns you.'),
    });
  },
});
