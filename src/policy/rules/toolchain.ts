import { z } from 'zod';
import type { ToolchainPin } from '../../facts/surroundings.ts';
import { differenceEvidence, sayDifference } from '../difference.ts';
import { type EffectSetting, effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownProject } from '../unknown.ts';

const settings = z.strictObject({
  path: effectSetting('review').describe('The toolchain is a folder (`path`).'),
  custom: effectSetting('review').describe(
    'The toolchain has a name of its own, which each machine explains otherwise.',
  ),
  nightly: effectSetting('warn').describe('The toolchain is a nightly: unstable features become usable.'),
  moved: effectSetting('warn').describe('The toolchain is another release than before.'),
  components: effectSetting('warn').describe('A component is added.'),
});

type Settings = z.output<typeof settings>;

/** Which compiler a project asks for. */
export const toolchain = defineRule({
  id: 'toolchain',
  doc:
    'Looks at `rust-toolchain` and `rust-toolchain.toml`, which decide the compiler that rustup runs in a folder and ' +
    'below. A folder named there runs as the compiler, whatever is in it; a name of one’s own means what the machine ' +
    'says. Another release of Rust is worth a remark.',
  section: 'toolchain',
  settings,
  contexts: ['project'],
  needs: ['surroundings'],
  evaluate({ facts, settings }) {
    if (facts.surroundings.kind === 'unknown') return unknownProject(facts.surroundings.reason);
    return facts.surroundings.value.items.flatMap((item): readonly RuleFinding[] => {
      if (item.kind !== 'toolchain') return [];
      const effect = effectOf(item, settings);
      if (effect === 'allow') return [];
      return [
        {
          effect,
          message: `${item.pin === 'component' ? 'A component of the toolchain' : 'The toolchain'} ${sayDifference(item)}${because[item.pin]}.`,
          evidence: differenceEvidence(item),
          next: `Name a release, such as \`channel = "1.95.0"\`, or waive \`toolchain\` for \`${item.file}\` in the policy, with the reason.`,
        },
      ];
    });
  },
});

const because: Readonly<Record<ToolchainPin['pin'], string>> = {
  path: ': what is in that folder runs as the compiler',
  custom: ': a name that each machine explains in its own way',
  nightly: ': on a nightly, unstable features work',
  release: '',
  component: '',
};

/** A file that is there with a plain release, new or not, is as it should be. */
function effectOf({ pin, difference }: ToolchainPin, settings: Settings): EffectSetting {
  if (difference === 'removed') return pin === 'component' ? 'allow' : settings.moved;
  if (pin === 'component') return difference === 'present' ? 'allow' : settings.components;
  if (pin === 'release') return difference === 'changed' ? settings.moved : 'allow';
  return settings[pin];
}
