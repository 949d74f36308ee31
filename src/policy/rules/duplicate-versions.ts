import { z } from 'zod';
import type { PlaceFact } from '../../facts/place.ts';
import { crateSpec, isAbout, sameCrate } from '../crate-spec.ts';
import { effectSetting } from '../effect-setting.ts';
import { crateName } from '../names.ts';
import { defineRule } from '../rule.ts';

const settings = z.strictObject({
  duplicates: effectSetting('allow').describe('Several versions of one crate in a graph.'),
  deny: z
    .array(crateName)
    .default([])
    .describe('Crates of which there may be one version only, whatever `duplicates` says.')
    .meta({ stricter: 'union' }),
  skip: z
    .array(z.strictObject({ ...crateSpec, reason: z.string().min(1).optional() }))
    .default([])
    .describe('Releases that do not count.')
    .meta({ stricter: 'intersection' }),
});

export type DuplicateSettings = z.output<typeof settings>;

/** One crate, one version. */
export const duplicateVersions = defineRule({
  id: 'duplicate-versions',
  doc:
    'Finds crates of which a graph holds several versions: more to compile, more to review, and two copies of every ' +
    'static. Nearly every large graph has some and no one project can remove them alone, so nothing is said unless the ' +
    'policy asks, for all crates or for those where two versions do harm. A release that only another version of the ' +
    'same crate depends on (the “semver trick”) is no duplicate.',
  section: 'duplicate-versions',
  settings,
  // One release by itself has no siblings.
  contexts: ['change'],
  needs: ['place'],
  evaluate({ subject, facts, settings }) {
    const isDenied = settings.deny.some((name) => sameCrate(name, subject.crate));
    const effect = isDenied ? 'deny' : settings.duplicates;
    if (effect === 'allow') return [];
    if (facts.place.kind === 'unknown') {
      const message = `What else of its crate is there is unknown: ${facts.place.reason}.`;
      return [{ effect: 'hold', message, next: 'Read the lockfile again.' }];
    }
    const counts = ({ version }: { readonly version: string }) =>
      !settings.skip.some((entry) => isAbout(entry, { crate: subject.crate, version }));
    const others = duplicatesOf(subject.crate, facts.place.value).filter(counts);
    if (others.length === 0 || !counts(subject) || isTrick(subject.crate, facts.place.value.dependents))
      return [];
    const versions = others.map(({ version }) => version).join(', ');
    return [
      {
        effect,
        message: `There is more than one version of it: ${versions}, too.`,
        evidence: { values: { versions } },
        next: `Move what depends on the older one; \`cargo tree -d\` shows who does.`,
      },
    ];
  },
});

function duplicatesOf(crate: string, { siblings }: PlaceFact): PlaceFact['siblings'] {
  return siblings.filter(({ dependents }) => !isTrick(crate, dependents));
}

/** Only another version of the crate itself depends on it. A crate that nothing depends on is a member, and counts. */
function isTrick(crate: string, dependents: readonly string[]): boolean {
  return dependents.length > 0 && dependents.every((name) => name === crate);
}
