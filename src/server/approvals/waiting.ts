import { counts } from '../../policy/excepted.ts';
import type { Finding } from '../../policy/finding.ts';
import { kindOf } from '../../policy/shapes.ts';
import { type CapabilityKind, capabilityKinds, type Family } from '../../rust/capability/capability.ts';
import type { WantedRelease } from '../../store/decisions.ts';
import type { ApprovalsJson } from '../approvals-contract.ts';
import { releaseJson } from '../shape.ts';

type Group = ApprovalsJson['waiting'][number];

/**
 * Releases that wait for a person by what they can do: one that can do several things stands in several groups. The gravest group
 * comes first, of equals the larger one.
 */
export function waitingByAbility(
  wanted: readonly WantedRelease[],
  questionsIn: (release: WantedRelease['release']) => readonly Finding[],
): Group[] {
  const groups = new Map<string, { readonly group: Group; readonly gravity: number }>();
  for (const { release, waiting } of wanted) {
    const { registry, crate, version, since } = releaseJson(release);
    for (const { rule, message, evidence } of questionsIn(release).filter(counts)) {
      const abilities = abilitiesIn(String(evidence.values?.added ?? ''));
      for (const can of abilities.length === 0 ? [undefined] : abilities) {
        const id = JSON.stringify([rule, can]);
        const says = can === undefined ? null : capabilityKinds[can].says;
        const entry = groups.get(id) ?? { group: { rule, can: says, releases: [] }, gravity: gravityOf(can) };
        groups.set(id, entry);
        entry.group.releases.push({ registry, crate, version, since, message, downloads: waiting });
      }
    }
  }
  return [...groups.values()]
    .sort((a, b) => a.gravity - b.gravity || b.group.releases.length - a.group.releases.length)
    .map(({ group }) => group);
}

/** Secrets that are read; then what fetches or sends, what hides, what runs programs; then the other families. */
const secrets: ReadonlySet<CapabilityKind> = new Set([
  'reads-secret-file',
  'reads-secret',
  'reads-all-variables',
]);
const gravest: readonly Family[] = ['network', 'concealment', 'process'];

/** 0 is the gravest; questions that are not about code come last. */
function gravityOf(kind: CapabilityKind | undefined): number {
  if (kind === undefined) return gravest.length + 2;
  if (secrets.has(kind)) return 0;
  const at = gravest.indexOf(capabilityKinds[kind].family);
  return at === -1 ? gravest.length + 1 : at + 1;
}

/** The kinds in `network ?; process curl`, each once. */
function abilitiesIn(added: string): readonly CapabilityKind[] {
  const kinds = added.split('; ').flatMap((shape) => {
    const kind = kindOf(shape);
    return kind === undefined ? [] : [kind];
  });
  return [...new Set(kinds)];
}
