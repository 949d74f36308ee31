import { z } from 'zod';
import { effectSetting } from '../effect-setting.ts';
import { defineRule } from '../rule.ts';
import { unknownGraph } from '../unknown.ts';

const settings = z.strictObject({
  effect: effectSetting('warn').describe('A package of the graph gains features.'),
  review: z
    .array(z.string().regex(/^[^/]+\/[^/]+$/, 'expected crate/feature, `*` for any'))
    .default([])
    .describe('Features that a person looks at, as `crate/feature`; `*` stands for any crate or feature.')
    .meta({ stricter: 'union' }),
});

/** More of a crate is compiled than before. */
export const featureAdded = defineRule({
  id: 'feature-added',
  doc:
    'Says which features a change turns on in packages that are there already: a feature is code that was not compiled ' +
    'before, and often a whole tree of further crates. A line in Cargo.toml can do that while Cargo.lock stays as it is. ' +
    'Those that `review` names ask for a review. Features that an update only gives names to, which the release before did not have ' +
    'and which bring nothing, are not told.',
  section: 'feature-added',
  settings,
  contexts: ['change'],
  needs: ['graph'],
  evaluate({ subject, facts, settings }) {
    if (facts.graph.kind === 'unknown') return unknownGraph(facts.graph.reason, settings.effect);
    const { gained, renamed, brings, path } = facts.graph.value;
    if (gained.length === 0) return [];
    const named = gained.filter((feature) =>
      settings.review.some((pattern) => names(pattern, subject.crate, feature)),
    );
    // An update that gives names to what was always built switches nothing on.
    const isRenaming = brings.length === 0 && gained.every((feature) => renamed.includes(feature));
    if (named.length === 0 && isRenaming) return [];
    const effect = named.length > 0 ? 'review' : settings.effect;
    if (effect === 'allow') return [];
    const shown = (named.length > 0 ? named : gained).map((feature) => `\`${feature}\``).join(', ');
    const more =
      brings.length === 0
        ? ''
        : `, which brings ${brings
            .map(({ crate }) => crate)
            .slice(0, 10)
            .join(', ')}${brings.length > 10 ? ` and ${brings.length - 10} more` : ''}`;
    return [
      {
        effect,
        message: `It gains ${shown}${more}.`,
        evidence: { values: { path } },
        next: 'See whether the project needs that; `safeguard resolve --why CRATE` shows what turns it on.',
      },
    ];
  },
});

function names(pattern: string, crate: string, feature: string): boolean {
  const [wantedCrate, wantedFeature] = pattern.split('/');
  return (
    (wantedCrate === '*' || wantedCrate === crate) && (wantedFeature === '*' || wantedFeature === feature)
  );
}
