import { z } from 'zod';
import { effectSetting } from '../effect-setting.ts';
import { defineRule } from '../rule.ts';
import { unknownGraph } from '../unknown.ts';

const settings = z.strictObject({
  effect: effectSetting('warn').describe(
    'A new package brings a large tree, or code that runs while it is compiled.',
  ),
  packages: z
    .int()
    .min(0)
    .default(20)
    .describe('Packages from which a tree is large.')
    .meta({ stricter: 'smaller' }),
});

/** One dependency more, and all that comes with it. */
export const newDependencyTree = defineRule({
  id: 'new-dependency-tree',
  doc:
    'Says of a package that a change adds, or switches on, what comes with it and with nothing else: more packages than ' +
    '`packages`, any build script or proc-macro, or a `-sys` crate, which links a C library. One line in Cargo.toml can ' +
    'bring a hundred strangers.',
  section: 'new-dependency-tree',
  settings,
  contexts: ['change'],
  needs: ['graph'],
  evaluate({ facts, settings }) {
    if (facts.graph.kind === 'unknown') return unknownGraph(facts.graph.reason, settings.effect);
    if (settings.effect === 'allow') return [];
    const { isNew, isTop, brings, path } = facts.graph.value;
    // What is brought along is told of whoever brings it.
    if (!isNew || !isTop) return [];
    const running = brings.filter(({ executes }) => executes.length > 0);
    const native = brings.filter(({ crate }) => crate.endsWith('-sys'));
    if (brings.length <= settings.packages && running.length === 0 && native.length === 0) return [];
    const parts = [
      `${brings.length} package${brings.length === 1 ? '' : 's'}`,
      ...(running.length === 0 ? [] : [`code that runs while it is compiled (${listed(running)})`]),
      ...(native.length === 0 ? [] : [`C libraries (${listed(native)})`]),
    ];
    return [
      {
        effect: settings.effect,
        message: `With it, and with nothing else, come ${parts.join(', ')}.`,
        evidence: { values: { path } },
        next: 'See whether all of that is worth what it is for; fewer features may bring less.',
      },
    ];
  },
});

function listed(packages: readonly { readonly crate: string }[]): string {
  const names = [...new Set(packages.map(({ crate }) => crate))];
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}
