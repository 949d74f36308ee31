import { z } from 'zod';
import type { PartedSource, UnlockedBuild } from '../../facts/locked.ts';
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
  unlocked: effectSetting('review').describe(
    'A build in CI with features of a dependency (`--features dep/feature`) that need packages which the lockfile does not have.',
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
    'which cargo builds from one, and with what a command of CI turns on in a dependency. Where the project cannot be resolved at all, nobody knows what ' +
    'a change switches on. Needs the project’s manifests; a lockfile alone is not asked.',
  section: 'locked',
  settings,
  contexts: ['project'],
  needs: ['locked'],
  evaluate({ facts, settings }): readonly RuleFinding[] {
    if (facts.locked.kind === 'unknown') return unknownProject(facts.locked.reason);
    const { value } = facts.locked;
    if (value.kind === 'fits') {
      const parted = partedFindings(value.parted, settings.stale);
      const about = parted.length > 0 ? parted : opaqueFindings(value.opaque, settings.opaque);
      return [...about, ...unlockedFindings(value.unlocked, settings.unlocked)];
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

function opaqueFindings(
  [first, ...others]: readonly string[],
  effect: EffectSetting,
): readonly RuleFinding[] {
  if (first === undefined || effect === 'allow') return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return [
    {
      effect,
      message: `Whether the lockfile fits cannot be told whole: what ${first}${more} needs is not known.`,
      next: 'Run `cargo fetch --locked` first, or give a server that has it.',
    },
  ];
}

function unlockedFindings(all: readonly UnlockedBuild[], effect: EffectSetting): readonly RuleFinding[] {
  if (effect === 'allow') return [];
  return all.map(({ command, reason, file, line, column }) => ({
    effect,
    message: `\`${command}\` builds what nobody judged: ${reason}.`,
    evidence: { file, line, column, values: { command } },
    next:
      'Give a package of the workspace a feature that turns this on (`[features] name = ["dependency/feature"]`), build with that one, ' +
      'and commit the lockfile that `cargo update --workspace` writes.',
  }));
}
