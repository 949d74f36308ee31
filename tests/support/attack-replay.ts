/** Attacks that advisories tell of, made again and judged by everything but the advisory. */
import type { AdvisoryDatabase, Entry } from '../../src/facts/advisories/database.ts';
import { judge } from '../../src/policy/judge.ts';
import { loadPolicy } from '../../src/policy/policy.ts';
import { type Attack, attackOf, tellsOfAttack } from '../../src/registry/backtest/attacks.ts';
import { factsOfPast } from '../../src/registry/backtest/past.ts';
import { day, pastOf, recorded } from './past.ts';

export const defaultPolicy = loadPolicy({ file: 'the default policy', text: '' });

export function attacksOf({ byPackage }: AdvisoryDatabase): readonly Entry[] {
  return [...byPackage.values()].flat().filter(tellsOfAttack);
}

/**
 * The attack of an advisory. A crate whose older releases it names as sound was taken over: it gets one of those, years
 * old. Any other was made for the attack.
 */
export function remade(entry: Entry, published?: number): Attack {
  const { package: name, versions } = entry.advisory;
  const sound = /^<=? ?(\d+\.\d+\.\d+)$/.exec(versions.unaffected[0] ?? '')?.[1];
  const releases = sound === undefined ? [] : [recorded(name, sound, '2020-06-01T00:00:00Z')];
  return attackOf(entry, pastOf(name, releases), published);
}

/** Moments after publication, in milliseconds, at which the attack would have been handed out. */
export function letInAt({ release, past }: Attack, moments: readonly number[]): readonly number[] {
  const facts = factsOfPast(past);
  return moments.filter((after) => {
    const input = facts(release, release.published + after);
    return judge(defaultPolicy, input).decision === 'allow';
  });
}

/** From publication to the end of a number of days, every six hours. */
export function momentsOf(days: number): readonly number[] {
  return Array.from({ length: days * 4 + 1 }, (_, i) => Math.min((i * day) / 4, days * day - 1));
}
