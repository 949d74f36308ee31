import { z } from 'zod';
import type { VendoredDifference, VendoredFact } from '../../facts/vendored.ts';
import { effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownProject } from '../unknown.ts';

const settings = z.strictObject({
  differs: effectSetting('deny').describe('A vendored file is changed, added or missing.'),
  unchecked: effectSetting('review').describe(
    'A vendored crate that could not be compared with its archive.',
  ),
});

/** Vendored crates are what their checksums name. */
export const vendored = defineRule({
  id: 'vendored',
  doc:
    'Compares a vendored folder, file by file, with the archives that the lockfile’s checksums name. Cargo itself ' +
    'compares the files only with `.cargo-checksum.json`, which lies beside them: whoever changes a file changes that, ' +
    'too. What is patched on purpose belongs in `[patch]`, where it can be seen.',
  section: 'vendored',
  settings,
  contexts: ['project'],
  needs: ['vendored'],
  evaluate({ facts, settings }) {
    if (facts.vendored.kind === 'unknown') return unknownProject(facts.vendored.reason);
    const { unchecked, folder, differences } = facts.vendored.value;
    if (unchecked !== undefined) {
      if (settings.unchecked === 'allow') return [];
      const message = `Its copy in ${folder} could not be compared: ${unchecked}.`;
      return [{ effect: settings.unchecked, message, evidence: { file: folder }, next: again }];
    }
    const { differs } = settings;
    if (differs === 'allow') return [];
    const shown = differences.slice(0, mostShown);
    const more = differences.length - shown.length;
    return [
      ...shown.map((difference): RuleFinding => finding(difference, differs)),
      ...(more === 0 ? [] : [rest(facts.vendored.value, more, differs)]),
    ];
  },
});

const again = 'Run `cargo vendor` again from a clean cargo home, and commit what it writes.';
const mostShown = 20;

function finding({ how, file, line }: VendoredDifference, effect: RuleFinding['effect']): RuleFinding {
  const says = {
    changed: 'is not what the archive has',
    added: 'is not in the archive',
    missing: 'is in the archive and not here',
  };
  return {
    effect,
    message: `The vendored file \`${file}\` ${says[how]}.`,
    evidence: { file, ...(line === undefined ? {} : { line }) },
    next: again,
  };
}

function rest({ folder }: VendoredFact, more: number, effect: RuleFinding['effect']): RuleFinding {
  return {
    effect,
    message: `${more} more files differ in ${folder}.`,
    evidence: { file: folder },
    next: again,
  };
}
