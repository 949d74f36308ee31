import { z } from 'zod';
import type { SourceId } from '../../cargo/source-id.ts';
import { effectSetting } from '../effect-setting.ts';
import { gitAddress, registryAddress } from '../names.ts';
import { defineRule, type RuleFinding } from '../rule.ts';
import { sourceMatches } from '../source-match.ts';

const settings = z.strictObject({
  registries: z
    .array(registryAddress)
    .default(['crates.io'])
    .describe(
      'Registries to take crates from: `crates.io`, or the URL as Cargo.lock has it, without `sparse+`.',
    )
    .meta({ stricter: 'intersection' }),
  git: z
    .array(gitAddress)
    .default([])
    .describe('Git repositories: a URL, or the start of several that ends in `/`.')
    .meta({ stricter: 'intersection' }),
  'unknown-registry': effectSetting('review').describe('A crate from any other registry.'),
  'unknown-git': effectSetting('review').describe('A crate from any other git repository.'),
  'git-reference': z
    .enum(['any', 'branch', 'tag', 'rev'])
    .default('any')
    .describe('How exactly Cargo.toml must name what it takes of a git repository, at least.')
    .meta({ stricter: 'outer' }),
});

export type SourceSettings = z.output<typeof settings>;

/** Crates come from where the organisation expects them. */
export const source = defineRule({
  id: 'source',
  doc:
    'Asks for a review of a crate that comes from a registry or git repository that the policy does not name: what is ' +
    'not in the registry passes by the mirror, its cool-down and every fact that is kept by checksum. Crates of the ' +
    'project itself (paths) are its own business. A lockfile pins a commit whatever Cargo.toml says; `git-reference` is ' +
    'for those who want Cargo.toml to name one, too.',
  section: 'source',
  settings,
  // In the mirror everything comes from one registry.
  contexts: ['change'],
  needs: ['source'],
  evaluate({ facts, settings }) {
    if (facts.source.kind === 'unknown') {
      const message = `Where it comes from is unknown: ${facts.source.reason}.`;
      return [{ effect: 'hold', message, next: 'Read the lockfile again.' }];
    }
    const { source: from, file, line } = facts.source.value;
    if (from === undefined || from.kind === 'path') return [];
    const isGit = from.kind === 'git';
    const evidence = {
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      values: { source: from.text },
    };
    const findings: RuleFinding[] = [];
    const effect = isGit ? settings['unknown-git'] : settings['unknown-registry'];
    if (effect !== 'allow' && !sourceMatches(isGit ? settings.git : settings.registries, from)) {
      findings.push({
        effect,
        message: `It comes from the ${isGit ? 'git repository' : 'registry'} ${from.url}, which the policy does not name.`,
        evidence,
        next: `Take it from a registry that you mirror, or add its address to \`${isGit ? 'git' : 'registries'}\` of [source] in the policy.`,
      });
    }
    const wanted = settings['git-reference'];
    if (from.kind === 'git' && exactness(from) < order.indexOf(wanted)) {
      findings.push({
        effect: 'deny',
        message: `It takes ${reference(from)} of a git repository; the policy wants a ${wanted}.`,
        evidence,
        next: `Name a ${wanted} in Cargo.toml.`,
      });
    }
    return findings;
  },
});

const order = ['any', 'branch', 'tag', 'rev'] as const;

function exactness({ reference: { kind } }: Extract<SourceId, { kind: 'git' }>): number {
  return kind === 'default' ? 0 : order.indexOf(kind);
}

function reference({ reference: { kind, name } }: Extract<SourceId, { kind: 'git' }>): string {
  return kind === 'default' ? 'the default branch' : `the ${kind} ${name}`;
}
