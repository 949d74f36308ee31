import { z } from 'zod';
import type { PartedSource } from '../../facts/locked.ts';
import { type EffectSetting, effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { unknownProject } from '../unknown.ts';

const settings = z.strictObject({
  stale: effectSetting('deny').describe(
    'The lockfile does not fit the manifests: `cargo build --locked` refuses it.',
  ),
  unresolved: effectSetting('review').describe(
    'A project that, before or after the change, cannot be resolved: what the change switches on is not known.',
  ),
  opaque: effectSetting('warn').describe(
    'Packages that could not be read, so that nobody knows what they need.',
  ),
});

/** What `--locked` would say, and whether the graph is known at all. */
export const locked = defineRule({
  id: 'locked',
  doc:
    'Checks what `cargo build --locked` checks before it builds: that each requirement of each manifest has its package in ' +
    'the lockfile, and that nothing stands there that nobody needs. Without it, cargo takes other releases than those ' +
    'that were judged, on each machine those of its own day. So it is with packages at several commits of one git source, ' +
    'which cargo builds from one. Where the project cannot be resolved at all, nobody knows what ' +
    'a change switches on. Needs the project’s manifests; a lockfile alone is not asked.',
  section: 'locked',
  settings,
  contexts: ['project'],
  needs: ['locked'],
  evaluate({ facts, settings }): readonly RuleFinding[] {
    if (facts.locked.kind === 'unknown') return unknownProject(facts.locked.reason);
    const { value } = facts.locked;
    if (value.kind === 'fits' && value.parted.length > 0) return partedFindings(value.parted, settings.stale);
    if (value.kind === 'fits') {
      const [first, ...others] = value.opaque;
      if (first === undefined || settings.opaque === 'allow') return [];
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      return [
        {
          effect: settings.opaque,
          message: `Whether the lockfile fits cannot be told whole: what ${first}${more} needs is not known.`,
          next: 'Run `cargo fetch --locked` first, or give a server that has it.',
        },
      ];
    }
    const effect = value.kind === 'stale' ? settings.stale : settings.unresolved;
    if (effect === 'allow') return [];
    const { file, line, column, side, reason, next } = value;
    const what =
      value.kind === 'stale'
        ? `The lockfile does not fit the manifests: ${reason}.`
        : `What the change switches on is not known: the graph${side === 'before' ? ' before' : ''} cannot be resolved: ${reason}.`;
    const evidence = {
      file,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    };
    return [{ effect, message: what, evidence, next }];
  },
});

function partedFindings(all: readonly PartedSource[], effect: EffectSetting): readonly RuleFinding[] {
  if (effect === 'allow') return [];
  return all.map(({ packages, commit, first, line, column }) => ({
    effect,
    message:
      `The lockfile has ${packages.join(', ')} at several commits of one git source: cargo builds all of them from ` +
      `${commit.slice(0, 12)}, which stands last, and not what is locked.`,
    evidence: { line, column, values: { commit } },
    next: `Lock them at one commit: cargo update -p ${first.replace(' ', '@')} --precise ${commit}`,
  }));
}
