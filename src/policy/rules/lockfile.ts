import { z } from 'zod';
import { effectSetting } from '../effect-setting.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

const settings = z.strictObject({
  withdrawn: effectSetting('deny').describe('A locked release that its registry no longer has.'),
});

/** A lockfile names releases that its registry has, by the bytes that it has. */
export const lockfile = defineRule({
  id: 'lockfile',
  doc:
    'Denies a locked release whose checksum is missing or is not the one that its registry named first, and one that the ' +
    'registry no longer has at all: deleting is how registries answer malice, and a warm cargo cache never asks them ' +
    'again. Without a checksum cargo takes whatever bytes come. Where it is not known what the registry has, the change waits.',
  section: 'lockfile',
  settings,
  waivable: false,
  contexts: ['change'],
  needs: ['standing', 'source'],
  evaluate({ facts, settings }) {
    if (facts.source.kind === 'unknown') {
      const message = `What the lockfile says of it is unknown: ${facts.source.reason}.`;
      return [{ effect: 'hold', message, next: 'Read the lockfile again.' }];
    }
    const { source, checksum } = facts.source.value;
    if (source === undefined || source.kind === 'path' || source.kind === 'git') return [];
    const findings: RuleFinding[] = [];
    if (checksum === undefined) {
      findings.push({
        effect: 'deny',
        message: 'The lockfile has no checksum for it, so cargo would take any bytes.',
        next: 'Take its entry out of Cargo.lock and run `cargo update --workspace`: cargo then writes the checksum.',
      });
    }
    if (facts.standing.kind === 'unknown') {
      const message = `What its registry has is unknown: ${facts.standing.reason}.`;
      return [...findings, { effect: 'hold', message, next: 'Check again once the registry answers.' }];
    }
    const { presence, checksum: recorded } = facts.standing.value;
    if (presence === 'elsewhere') return findings;
    if (presence !== 'here' && settings.withdrawn !== 'allow') {
      const what = presence === 'withdrawn' ? 'no longer has it' : 'has no such release';
      findings.push({
        effect: settings.withdrawn,
        message: `${facts.standing.source} ${what}; that is also how a registry answers malice.`,
        evidence: { values: { asked: facts.standing.at } },
        next: 'Find out why before anything is built with it; machines that have its archive do not notice by themselves.',
      });
    }
    if (checksum !== undefined && recorded !== undefined && checksum !== recorded) {
      findings.push({
        effect: 'deny',
        message: 'The lockfile names other bytes than its registry does.',
        evidence: { values: { lockfile: checksum, registry: recorded } },
        next: 'Find out where the other checksum came from; then restore the entry of Cargo.lock from git.',
      });
    }
    return findings;
  },
});
