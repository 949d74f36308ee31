import { z } from 'zod';
import type { EmbeddedBuild, FeatureBlame } from '../../facts/embedded.ts';
import { worldOfCrate } from '../../facts/world.ts';
import type { Effect } from '../effect.ts';
import { type EffectSetting, effectSetting } from '../effect-setting.ts';
import type { Evidence } from '../finding.ts';
import { crateName, targetTriple } from '../names.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownGraph } from '../unknown.ts';

const listOf = (name: typeof crateName) => z.array(name).default([]).meta({ stricter: 'union' });

const settings = z.strictObject({
  targets: listOf(targetTriple).describe(
    'Target triples that have no standard library for this project, beside those for which rustc has none.',
  ),
  crates: listOf(crateName).describe(
    'Members that must do without `std`, beside those whose root says `#![no_std]`.',
  ),
  std: effectSetting('review').describe(
    'A package that needs `std` comes into such a build, or needs it from now on.',
  ),
  world: effectSetting('review').describe(
    'A crate for networking, file systems or processes comes into such a build, whatever it needs.',
  ),
  unknown: effectSetting('review').describe('A package comes in of which nobody can tell what it needs.'),
});

/** `[no-std]`: which builds are without the standard library, and what must not come into them. */
export type NoStdSettings = z.output<typeof settings>;

/** What is built for machines without an operating system stays that way. */
export const noStd = defineRule({
  id: 'no-std',
  doc:
    'Watches builds that have no standard library: for a target without one, or of a member whose root says `#![no_std]`, or ' +
    'as the policy names them. What each package needs (`no_std`, `no_std+alloc`, `std`) is read from its source with the ' +
    'features that are really on. A package that needs `std` there, though it did not before, asks for a review, with the ' +
    'feature to blame and the path; so does a crate for networking, file systems or processes. Macros and build scripts run ' +
    'on the machine that builds and may use what they like.',
  section: 'no-std',
  settings,
  contexts: ['change'],
  needs: ['embedded'],
  evaluate({ subject, facts, settings }) {
    if (facts.embedded.kind === 'unknown') return unknownGraph(facts.embedded.reason, settings.unknown);
    const { builds } = facts.embedded.value;
    const fresh = builds.filter(({ before, now }) => before !== now && now !== 'no_std');
    const findings: RuleFinding[] = [];
    for (const [line, same] of Map.groupBy(fresh, sayClass)) {
      const [first] = same;
      if (line === undefined || first === undefined) continue;
      const effect = first.now === 'std' ? settings.std : settings.unknown;
      findings.push(...found(effect, `${line} in ${sayBuilds(same)}.`, first, nextOf(first)));
    }
    const world = worldOfCrate(subject.crate);
    const added = builds.filter(({ before }) => before === undefined);
    if (world !== undefined && added[0] !== undefined) {
      const message = `It is there to reach ${world}, and comes into ${sayBuilds(added)}.`;
      const next =
        'See whether the device is meant to; `safeguard resolve --why CRATE` shows what brings it.';
      findings.push(...found(settings.world, message, added[0], next));
    }
    return findings;
  },
});

/** `undefined` where there is nothing to say: `alloc` is the program’s own choice. */
function sayClass({ now, feature, blame, reason }: EmbeddedBuild): string | undefined {
  const by = blame === undefined ? '' : ` (${sayAsk(blame)})`;
  const because = feature === undefined ? '' : `, since its feature \`${feature}\` is on${by},`;
  switch (now) {
    case 'std':
      return `It needs \`std\`${because}`;
    case 'unknown':
      return `Whether it needs \`std\` is not known (${reason ?? 'nobody read it'})`;
    default:
      return undefined;
  }
}

function sayAsk({ by, asks }: FeatureBlame): string {
  return asks === 'default' ? `${by} asks for its default features` : `${by} asks for \`${asks}\``;
}

function sayBuilds(builds: readonly EmbeddedBuild[]): string {
  const said = [...Map.groupBy(builds, ({ member }) => member)].map(([member, list]) => {
    const targets = [...new Set(list.map(({ target }) => target))].join(', ');
    return member === undefined ? targets : `${member} for ${targets}`;
  });
  return `a build without the standard library (${said.join('; ')})`;
}

function nextOf({ now, feature, blame, place, macro }: EmbeddedBuild): string {
  if (now === 'unknown') {
    if (macro !== undefined) {
      return `Turn off the feature that makes ${macro} do so: \`safeguard resolve --why ${macro}\` shows who asks for it.`;
    }
    if (place === undefined) return 'Run `cargo fetch --locked` first, or give a server that has it.';
    return `See what its build script or your profile sets where ${place.file}:${place.line} asks for it; a waiver keeps the answer.`;
  }
  if (blame?.edit !== undefined) {
    const { file, line, dependency, asks } = blame.edit;
    return asks === 'default'
      ? `Ask for ${dependency} with \`default-features = false\` (${file}:${line}).`
      : `Take \`${asks}\` out of what is asked of ${dependency} (${file}:${line}).`;
  }
  if (blame !== undefined) {
    return `${blame.by} asks for it whatever is on: take another release of ${blame.by}, or do without it.`;
  }
  if (feature !== undefined)
    return `Turn \`${feature}\` off: \`safeguard resolve --why CRATE\` shows what asks for it.`;
  return 'Use another crate, or find what brings it: `safeguard resolve --why CRATE`.';
}

function found(
  effect: EffectSetting,
  message: string,
  { path, place, blame }: EmbeddedBuild,
  next: string,
): readonly RuleFinding[] {
  if (effect === 'allow') return [];
  const evidence = { ...placeOf(place, blame), values: { path, ...valuesOf(place, blame) } };
  return [{ effect: effect satisfies Effect, message, evidence, next }];
}

/** The line of the project that can be changed is worth more than the one of the release that says so. */
function placeOf(place: EmbeddedBuild['place'], blame: FeatureBlame | undefined): Evidence {
  if (blame?.edit !== undefined) return { file: blame.edit.file, line: blame.edit.line, project: true };
  return place === undefined ? {} : { file: place.file, line: place.line };
}

function valuesOf(
  place: EmbeddedBuild['place'],
  blame: FeatureBlame | undefined,
): Readonly<Record<string, string>> {
  if (blame === undefined) return {};
  const archive =
    blame.edit === undefined || place === undefined ? {} : { archive: `${place.file}:${place.line}` };
  return { because: blame.chain, ...archive };
}
