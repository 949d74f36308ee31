import { z } from 'zod';
import { differenceEvidence } from '../difference.ts';
import { effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownProject } from '../unknown.ts';

const settings = z.strictObject({
  added: effectSetting('warn').describe(
    'A package of the project gains a build script or becomes a proc-macro.',
  ),
  changed: effectSetting('warn').describe('A build script or proc-macro of the project changes.'),
});

/** Code of the project itself that runs while it is built. */
export const ownBuildCode = defineRule({
  id: 'own-build-code',
  doc:
    'Points at build scripts and proc-macros of the project’s own packages that appear or change: they run on every ' +
    'machine that builds the branch or opens it in an editor, CI with its secrets among them, before any of the ' +
    'program itself does.',
  section: 'own-build-code',
  settings,
  contexts: ['project'],
  needs: ['surroundings'],
  evaluate({ facts, settings }) {
    if (facts.surroundings.kind === 'unknown') return unknownProject(facts.surroundings.reason);
    return facts.surroundings.value.items.flatMap((item): readonly RuleFinding[] => {
      if (item.kind !== 'build-code' || item.difference === 'removed' || item.difference === 'present')
        return [];
      const effect = settings[item.difference];
      if (effect === 'allow') return [];
      const what = item.code === 'build-script' ? 'The build script' : 'The proc-macro';
      return [
        {
          effect,
          message: `${what} of \`${item.package}\` ${item.difference === 'added' ? 'is new' : 'is another than before'}; it runs where the project is built.`,
          evidence: differenceEvidence(item),
          next: 'Read the change before a machine with secrets builds it.',
        },
      ];
    });
  },
});
