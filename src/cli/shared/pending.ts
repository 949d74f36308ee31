import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { CodeFact } from '../../facts/code.ts';
import { askedOf, type FactsPort, type PackageFacts } from '../../gate/facts-port.ts';
import { isOwn } from '../../gate/judgement/judge-package.ts';
import { builtFor, partsOf } from '../../gate/judgement/part-of.ts';
import {
  type CodeStanding,
  helperIn,
  needsAnswer,
  type Standing,
  standingsOf,
} from '../../policy/build-code-standing.ts';
import { type GateSettings, hostsOf } from '../../policy/gate-settings.ts';
import { loadLayers } from '../../policy/policy.ts';
import { graveOf } from '../../policy/shapes.ts';
import type { TomlSource } from '../../policy/toml.ts';
import type { AllowFile } from '../allow/file.ts';

/** A locked release that runs something at build time. */
export interface RunningPackage {
  readonly pkg: LockedPackage;
  /** Crates whose macros or build script its library is a part of. */
  readonly partOf: readonly string[];
  readonly code: CodeFact;
  readonly standings: readonly CodeStanding[];
}

export interface RunningPackages {
  readonly running: readonly RunningPackage[];
  /** Releases of which nobody knows what they run, with the reason. */
  readonly unknown: readonly { readonly pkg: LockedPackage; readonly reason: string }[];
  readonly organisation: TomlSource | undefined;
}

/** What of the lockfile runs at build time, and how it stands to what was approved. */
export async function runningPackages(
  port: FactsPort,
  list: AllowFile,
  now: number,
): Promise<RunningPackages> {
  const packages = list.packages.filter((pkg) => !isOwn(pkg));
  const asked = packages.map((pkg) => askedOf(pkg, { bytes: true, only: 'code' }));
  const { answers, organisation } = await port.facts(asked);
  const running: RunningPackage[] = [];
  const known = new Map<LockedPackage, PackageFacts>(packages.map((pkg, i) => [pkg, answers[i]]));
  const gate = loadLayers({ organisation, project: list.policy }).settings.gate as GateSettings;
  const hosts = hostsOf(gate);
  const parts = partsOf(list.packages, (pkg) => known.get(pkg), hosts);
  // Without targets of the policy's, any may be built for; what a file describes may be like any.
  const isAny = gate.targets.length === 0 || gate.targets.some((target) => target.endsWith('.json'));
  const platforms = { targets: isAny ? undefined : gate.targets, hosts };
  const built = builtFor(list.packages, (pkg) => known.get(pkg), platforms);
  const unknown: { pkg: LockedPackage; reason: string }[] = [];
  for (const [i, pkg] of packages.entries()) {
    if (!built.has(pkg)) continue;
    const code = answers[i]?.facts.code;
    if (code?.kind !== 'known') {
      unknown.push({ pkg, reason: code?.reason ?? absence(answers[i]) });
      continue;
    }
    const { approvals } = list.approvals.of(pkg.name);
    const partOf = parts.get(pkg) ?? [];
    const standings = standingsOf(code.value, pkg.version, approvals, now, partOf);
    if (standings.length > 0) running.push({ pkg, partOf, code: code.value, standings });
  }
  return { running, unknown, organisation };
}

/** Why nothing is known of the code of a release. */
function absence(known: PackageFacts): string {
  const standing = known?.facts.standing;
  if (standing === undefined) return 'its registry is not known here';
  return standing.kind === 'unknown' ? standing.reason : 'the registry has no such release';
}

/** Whether a person has still to answer for something of it. */
export function isPending({ standings }: RunningPackage): boolean {
  return standings.some(({ standing }) => isUnanswered(standing));
}

/** Whether nobody has answered for it yet: also what was taken over unread is waiting. */
export function isUnanswered(standing: Standing): boolean {
  return needsAnswer(standing) || ('approval' in standing && standing.approval.grandfathered === true);
}

/** How much there is to be afraid of: what cannot be read most, then what is grave, then how much it can do at all. */
export function danger({ code, partOf }: RunningPackage): number {
  const parts = [code.buildScript, code.macros, helperIn(code, partOf)].filter((part) => part !== undefined);
  const shapes = parts.flatMap((part) => part.shapes);
  const opaque = parts.reduce((sum, part) => sum + part.opaque, 0);
  return (opaque > 0 ? 1000 : 0) + graveOf(shapes).length * 100 + Math.min(99, shapes.length);
}
