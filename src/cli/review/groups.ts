import type { ApprovedKind } from '../../facts/approval.ts';
import { runningCode } from '../../policy/build-code-standing.ts';
import { isGrave, kindOf } from '../../policy/shapes.ts';
import { familyOf } from '../../rust/capability/capability.ts';
import type { RunningPackage } from '../shared/pending.ts';

/** What waiting packages are put together by: what they can do that is gravest. */
export type Group = 'harmless' | 'files' | 'programs' | 'hidden' | 'secrets' | 'network' | 'unreadable';

/** In the order in which they are shown, with what they are called. */
export const groups: Readonly<Record<Group, string>> = {
  harmless:
    'Can do nothing grave: no network, no programs but the toolchain’s, no secrets, no writes outside, nothing hidden',
  files: 'Writes outside OUT_DIR',
  programs: 'Runs programs',
  hidden: 'May hide what it does',
  secrets: 'Reads secrets',
  network: 'Uses the network',
  unreadable: 'Cannot be read, in whole or in places',
};

/** The group of a package. */
export function groupOf({ code, partOf }: RunningPackage): Group {
  if (code.unread !== undefined && code.buildScript === undefined && code.macros === undefined)
    return 'unreadable';
  const running = Object.entries(runningCode(code, partOf)) as [
    ApprovedKind,
    { readonly shapes: readonly string[] },
  ][];
  const grave = running.flatMap(([kind, { shapes }]) => shapes.filter((shape) => isGrave(shape, kind)));
  const found = new Set(grave.map(groupOfShape));
  return order.findLast((group) => found.has(group)) ?? 'harmless';
}

/** Groups that have anybody, the harmless first. */
export function groupsOf(
  pending: readonly RunningPackage[],
): readonly { readonly group: Group; readonly members: readonly RunningPackage[] }[] {
  const members = Map.groupBy(pending, groupOf);
  return order.flatMap((group) => {
    const own = members.get(group);
    return own === undefined ? [] : [{ group, members: own }];
  });
}

const order = Object.keys(groups) as Group[];

function groupOfShape(shape: string): Group {
  const kind = kindOf(shape);
  if (kind === undefined) return 'unreadable';
  if (kind === 'reads-secret' || kind === 'reads-secret-file') return 'secrets';
  switch (familyOf(kind)) {
    case 'network':
      return 'network';
    case 'concealment':
      return 'hidden';
    case 'filesystem':
      return kind === 'reads-outside' ? 'secrets' : 'files';
    default:
      return 'programs';
  }
}
