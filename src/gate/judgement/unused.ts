import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { Finding } from '../../policy/finding.ts';
import type { GateSettings } from '../../policy/gate-settings.ts';
import type { Policy } from '../../policy/policy.ts';
import type { TomlSource } from '../../policy/toml.ts';
import { unusedEntries } from '../../policy/unused-entries.ts';
import type { Change, GateFinding } from '../change.ts';
import type { Approvals } from './approvals.ts';

/** What is said of a project's own files that allow what nothing needs. */
export interface Unused {
  /** Those that count in the verdict. */
  readonly findings: readonly Finding[];
  readonly changes: readonly Change[];
  readonly debt: readonly GateFinding[];
}

const nothing: Unused = { findings: [], changes: [], debt: [] };

/**
 * Waivers, exceptions, sources and approvals that are about nothing in the lockfile, by the setting `[gate] unused`. A warning
 * of a change stands with what was there before, as worse where the change makes it so.
 */
export function unusedIn(
  policy: Policy,
  project: TomlSource | undefined,
  packages: readonly LockedPackage[],
  approvals: Approvals | undefined,
  before: readonly LockedPackage[] | undefined,
): Unused {
  const effect = (policy.settings.gate as GateSettings).unused;
  if (effect === 'allow') return nothing;
  const entries = project === undefined ? [] : unusedEntries(project, packages);
  const wereUnused =
    project === undefined || before === undefined
      ? undefined
      : new Set(unusedEntries(project, before).map(keyOf));
  const shown: GateFinding[] = entries.map(({ what, file, line }) => ({
    rule: 'unused',
    effect,
    crate: '',
    message: `${what} is about nothing in the lockfile.`,
    evidence: { file, line },
    next: 'Take it out: it would let the next one in without anybody looking. `safeguard policy prune` does it.',
    ...(wereUnused === undefined || wereUnused.has(keyOf({ what, file, line })) ? {} : { worse: madeSo }),
  }));
  shown.push(...unusedApprovals(approvals, packages, before, effect));
  if (shown.length === 0) return nothing;
  if (before !== undefined && effect === 'warn') return { ...nothing, debt: shown };
  const byFile = Map.groupBy(shown, ({ evidence }) => evidence.file ?? '');
  return {
    findings: shown.map(({ crate: _, ...finding }) => ({ ...finding, subject: finding.evidence.file ?? '' })),
    changes: [...byFile].map(([file, findings]) => ({ kind: 'config', crate: file, why: [], findings })),
    debt: [],
  };
}

/** What says that it was about something before. */
const madeSo = 'the change takes away what it was about';

function keyOf({
  what,
  file,
  line,
}: {
  readonly what: string;
  readonly file: string;
  readonly line: number;
}): string {
  return JSON.stringify([what, file, line]);
}

/** Approvals that are named of those that nothing needs. */
const maxNamed = 3;

function unusedApprovals(
  approvals: Approvals | undefined,
  packages: readonly LockedPackage[],
  before: readonly LockedPackage[] | undefined,
  effect: GateFinding['effect'],
): readonly GateFinding[] {
  const names = new Set(packages.map(({ name }) => name));
  const unused = (approvals?.project ?? []).filter(({ crate }) => !names.has(crate));
  if (approvals === undefined || unused.length === 0) return [];
  const crates = [...new Set(unused.map(({ crate }) => crate))];
  const more = crates.length > maxNamed ? ` and ${crates.length - maxNamed} more` : '';
  return [
    {
      rule: 'unused',
      effect,
      crate: '',
      message: `The lockfile has nothing any more of what is approved of ${crates.slice(0, maxNamed).join(', ')}${more}.`,
      evidence: { file: approvals.file, line: 1 },
      next: 'safeguard allow prune',
      ...(before?.some(({ name }) => crates.includes(name)) === true ? { worse: madeSo } : {}),
    },
  ];
}
