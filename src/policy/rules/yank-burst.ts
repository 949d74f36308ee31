import { z } from 'zod';
import { durationSetting } from '../duration.ts';
import { defineRule } from '../rule.ts';

const settings = z.strictObject({
  count: z.int().min(2).default(3).meta({ stricter: 'smaller' }).describe('How many yanks make a burst.'),
  within: durationSetting('24h').meta({ stricter: 'greater' }).describe('The time in which they happen.'),
  hold: durationSetting('3d')
    .meta({ stricter: 'greater' })
    .describe(
      'How long the newer release waits after the last of them, and how long after its appearance yanks still count.',
    ),
});

/** The lure: good versions are yanked so that resolvers move to a new one. */
export const yankBurst = defineRule({
  id: 'yank-burst',
  doc:
    'Holds a new release while several older releases of its crate are being yanked around it. That is how a taken-over ' +
    'account moves resolvers from the good versions to a poisoned one; an honest maintainer who yanks a broken series ' +
    'loses a few days.',
  section: 'yank-burst',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['yanks'],
  evaluate({ facts, settings, now }) {
    if (facts.yanks.kind === 'unknown') {
      return [
        {
          effect: 'hold',
          message: `Yanks around it are unknown: ${facts.yanks.reason}.`,
          next: 'Nothing to do: they are read again.',
        },
      ];
    }
    const { seen, appearedAt } = facts.yanks.value;
    if (appearedAt === null) return [];
    // A release that came out long before the yanks is no part of them, however new it was to this mirror once.
    const near = seen.filter(
      ({ at }) => at >= appearedAt - settings.within && at <= appearedAt + settings.hold,
    );
    const burst = lastBurst(near, settings.count, settings.within);
    if (burst === undefined) return [];
    const until = burst.at + settings.hold;
    return [
      {
        effect: now < until ? 'hold' : 'warn',
        message: `${burst.versions.length} older releases were yanked around its publication (${burst.versions.join(', ')}); the yanked ones stay downloadable here.`,
        evidence: { values: { last: new Date(burst.at).toISOString() } },
        next: 'Stay on the release that your lockfile pins; a yank alone is no reason to move.',
        ...(now < until ? { until } : {}),
      },
    ];
  },
});

type Yank = { readonly version: string; readonly at: number };

function lastBurst(
  yanks: readonly Yank[],
  count: number,
  within: number,
): { versions: string[]; at: number } | undefined {
  for (let end = yanks.length; end >= count; end--) {
    const last = yanks[end - 1];
    if (last === undefined) return undefined;
    const inWindow = yanks.slice(0, end).filter(({ at }) => at > last.at - within);
    if (inWindow.length >= count) return { versions: inWindow.map(({ version }) => version), at: last.at };
  }
  return undefined;
}
