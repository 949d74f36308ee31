import { z } from 'zod';
import { canonicalName } from '../../cargo/index-path.ts';
import { type FirstPartyClaim, firstPartyClaims } from '../../facts/first-party.ts';
import { crateName } from '../names.ts';
import { defineRule, type RuleFinding } from '../rule.ts';

const list = (what: string) =>
  z.array(z.string().min(1)).default([]).meta({ stricter: 'union' }).describe(what);

const settings = z.strictObject({
  names: z
    .array(crateName)
    .default([])
    .meta({ stricter: 'union' })
    .describe('Names of the organisation’s crates.'),
  prefixes: list('Beginnings of their names, such as `acme-`.'),
  registries: list('Registries where they are at home, by the name that this server knows them by.').meta({
    stricter: 'intersection',
  }),
  public: list('Crates under such a name that the organisation itself has published elsewhere.').meta({
    stricter: 'intersection',
  }),
  effect: z
    .enum(['warn', 'review', 'deny'])
    .default('deny')
    .describe('What any other release under such a name gets.')
    .meta({ stricter: 'effect' }),
});

/** Somebody else's crate under the organisation's name. */
export const dependencyConfusion = defineRule({
  id: 'dependency-confusion',
  doc:
    'Denies a release that has a name of the organisation but comes from a registry where those are not at home: ' +
    'whoever knows an internal name can publish it in public and wait for a build that looks there first. Without names ' +
    'or prefixes to protect it says nothing.',
  section: 'dependency-confusion',
  settings,
  contexts: ['index', 'release', 'change'],
  needs: ['firstParty'],
  evaluate({ subject, facts, settings }): readonly RuleFinding[] {
    const name = canonicalName(subject.crate);
    if (settings.registries.includes(subject.registry)) return [];
    if (settings.public.some((own) => canonicalName(own) === name)) return [];
    const claims = firstPartyClaims(subject.crate, settings);
    if (facts.firstParty.kind === 'unknown') {
      const { reason } = facts.firstParty;
      const message = `Whether its name is one of the organisation’s is not known: ${reason}.`;
      return claims.length > 0
        ? [finding(claims, settings.effect, subject.registry)]
        : [{ effect: 'hold', message, next: 'Nothing to do: it is asked for again.' }];
    }
    if (facts.firstParty.value.atHome) return [];
    const all = [...claims, ...facts.firstParty.value.claims];
    return all.length === 0 ? [] : [finding(all, settings.effect, subject.registry)];
  },
});

function finding(
  claims: readonly FirstPartyClaim[],
  effect: 'warn' | 'review' | 'deny',
  registry: string,
): RuleFinding {
  const [first] = claims;
  const because =
    first?.kind === 'prefix'
      ? `begins with the organisation’s ${first.value}`
      : 'is one of the organisation’s';
  return {
    effect,
    message: `Its name ${because}, but it comes from ${registry}.`,
    evidence: { values: { claim: first?.value ?? '', registry } },
    next: 'Treat it as an attack until somebody of yours says that they published it; then add it to dependency-confusion.public.',
  };
}
