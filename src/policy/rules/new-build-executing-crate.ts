import { z } from 'zod';
import { durationSetting, sayDuration } from '../duration.ts';
import { effectSetting } from '../effect-setting.ts';
import { defineRule } from '../rule.ts';
import { crateSince, isYounger } from '../since.ts';
import { unknownGraph } from '../unknown.ts';

const settings = z.strictObject({
  effect: effectSetting('review').describe(
    'A crate that was not in the graph runs code while others are compiled.',
  ),
  'new-or-unknown': effectSetting('deny').describe(
    'The same of a crate that is new, or whose age nobody knows.',
  ),
  'younger-than': durationSetting('30d').describe('Until when a crate is new.').meta({ stricter: 'greater' }),
});

/** Something new would run on every machine that compiles. */
export const newBuildExecutingCrate = defineRule({
  id: 'new-build-executing-crate',
  doc:
    'Asks for a review where a change brings, however deep, a crate with a build script or a proc-macro that was not in ' +
    'the graph, or one that was there and ran nothing. It runs on every machine that compiles, with all that its user may do. ' +
    'Where that crate is also new, or nobody knows how old it is, the change is denied: that is how arrayref came by ' +
    'proc-macro1 on 2026-08-20. Judged is what is really built, with the features that are on, for the targets of the policy.',
  section: 'new-build-executing-crate',
  settings,
  contexts: ['change'],
  needs: ['graph', 'age'],
  evaluate({ facts, settings, now }) {
    if (facts.graph.kind === 'unknown') return unknownGraph(facts.graph.reason, settings.effect);
    const { isNew, executes, opaque, executedBefore, path } = facts.graph.value;
    const isUnknown = opaque !== undefined && isNew;
    if ((executes.length === 0 && !isUnknown) || executedBefore) return [];
    const since = facts.age.kind === 'known' ? crateSince(facts.age) : undefined;
    const isOld = since !== undefined && !isYounger(since, settings['younger-than'], now);
    const effect = isOld ? settings.effect : settings['new-or-unknown'];
    if (effect === 'allow') return [];
    const age =
      since === undefined
        ? ', and how old its crate is nobody knows'
        : isOld
          ? ''
          : `, and its crate is ${sayDuration(now - since)} old`;
    const what =
      executes.length === 0
        ? `Whether it runs code on every machine that compiles is not known (${opaque})`
        : `Its ${executes.join(' and ')} would run on every machine that compiles, and none of this crate did before`;
    return [
      {
        effect,
        message: `${what}${age}.`,
        evidence: { values: { path } },
        next: 'Read what it runs, or leave out what brings it.',
      },
    ];
  },
});
