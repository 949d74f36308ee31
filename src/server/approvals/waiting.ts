import { counts } from '../../policy/excepted.ts';
import type { Finding } from '../../policy/finding.ts';
import { kindOf } from '../../policy/shapes.ts';
import { capabilityKinds } from '../../rust/capability/capability.ts';
import type { WantedRelease } from '../../store/decisions.ts';
import type { ApprovalsJson } from '../approvals-contract.ts';
import { releaseJson } from '../shape.ts';

type Group = ApprovalsJson['waiting'][number];

/** Releases that wait for a person by what they can do: one that can do several things stands in several groups. */
export function waitingByAbility(
  wanted: readonly WantedRelease[],
  questionsIn: (release: WantedRelease['release']) => readonly Finding[],
): Group[] {
  const groups = new Map<string, Group>();
  for (const { release, waiting } of wanted) {
    const { registry, crate, version, since } = releaseJson(release);
    for (const { rule, message, evidence } of questionsIn(release).filter(counts)) {
      const abilities = abilitiesIn(String(evidence.values?.added ?? ''));
      for (const can of abilities.length === 0 ? [null] : abilities) {
        const id = JSON.stringify([rule, can]);
        const group = groups.get(id) ?? { rule, can, releases: [] };
        groups.set(id, group);
        group.releases.push({ registry, crate, version, since, message, downloads: waiting });
      }
    }
  }
  return [...groups.values()].sort((a, b) => b.releases.length - a.releases.length);
}

/** `network ?; process curl` as clauses, each once. */
function abilitiesIn(added: string): readonly string[] {
  const says = added.split('; ').flatMap((shape) => {
    const kind = kindOf(shape);
    return kind === undefined ? [] : [capabilityKinds[kind].says];
  });
  return [...new Set(says)];
}
