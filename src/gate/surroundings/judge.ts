import { type Surrounding, surroundingsFact } from '../../facts/surroundings.ts';
import { type VendoredFact, vendoredFact } from '../../facts/vendored.ts';
import type { Finding } from '../../policy/finding.ts';
import type { GateSettings } from '../../policy/gate-settings.ts';
import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Change, GateFinding } from '../change.ts';
import type { Around } from '../judgement/around.ts';

/** What was found around the graph. */
export interface AroundVerdict {
  /** One of kind `config` for each file, and each vendored copy, with a finding. */
  readonly changes: readonly Change[];
  /** What counts for the verdict. */
  readonly counted: readonly (readonly Finding[])[];
  /** What was there before, or is there while nothing is compared with it. */
  readonly debt: readonly GateFinding[];
}

/**
 * What the policy says of what decides a build beside the graph. Files that are only there, with nothing to compare
 * them with, fail nothing: a project has its settings for a reason. A vendored copy is compared with its archive.
 */
export function judgeAround(
  policy: Policy,
  around: Pick<Around, 'items' | 'isChange' | 'copies'> | undefined,
  now: number,
): AroundVerdict {
  const changes: Change[] = [];
  const counted: (readonly Finding[])[] = [];
  const debt: GateFinding[] = [];
  const take = (change: Change, findings: readonly Finding[], counts: boolean) => {
    if (findings.length === 0) return;
    if (!counts) debt.push(...change.findings);
    else {
      changes.push(change);
      counted.push(findings);
    }
  };
  const { targets } = policy.settings.gate as GateSettings;
  for (const [file, all] of around?.items ?? []) {
    const items = all.filter((item) => item.kind !== 'target' || !isExpected(item.target, targets));
    // Targets are told in any case; those that were there before count as such.
    const isChange = around?.isChange === true;
    const groups = Map.groupBy(
      items,
      ({ kind, difference }) => isChange && !(kind === 'target' && difference === 'present'),
    );
    for (const [counts, group] of groups) {
      const { change, findings } = judgedFile(policy, file, group, now);
      take(change, findings, counts);
    }
  }
  for (const { crate, version, checksum, fact, isOld } of around?.copies ?? []) {
    const facts = { vendored: vendoredFact(fact, now), surroundings: surroundingsFact([], now) };
    const subject = { registry: '', crate, version, checksum };
    const { findings } = judge(policy, { context: 'project', subject, facts, unasked, now });
    const shown = findings.map((finding) => gateFinding(finding, crate, version));
    const change = { kind: 'config', crate: fact.folder, why: [], findings: shown } as const;
    take(change, findings, !isOld);
  }
  return { changes, counted, debt };
}

function judgedFile(policy: Policy, file: string, items: readonly Surrounding[], now: number) {
  const subject = { registry: '', crate: file, version: '', checksum: '' };
  const facts = { surroundings: surroundingsFact(items, now), vendored: vendoredFact(nothing, now) };
  const { findings } = judge(policy, { context: 'project', subject, facts, unasked, now });
  const { line = 1, column = 1 } = items.find(({ difference }) => difference !== 'removed') ?? {};
  const shown = findings.map((finding) => gateFinding(finding, ''));
  const span = { file, line, column };
  return { change: { kind: 'config', crate: file, why: [], findings: shown, span } as const, findings };
}

/** Whether a target is one that the policy says something of: of none it says that all count. JSON files go by their name. */
function isExpected(target: string | undefined, targets: readonly string[]): boolean {
  const bare = (name: string) => (name.endsWith('.json') ? name.replace(/^.*[/\\]/, '') : name);
  return (
    targets.length === 0 || (target !== undefined && targets.some((each) => bare(each) === bare(target)))
  );
}

/** What is asked of the project as a whole. */
const unasked = new Set(['locked'] as const);
const nothing: VendoredFact = { folder: '', differences: [] };

function gateFinding({ subject: _, ...finding }: Finding, crate: string, version?: string): GateFinding {
  return { ...finding, crate, ...(version === undefined ? {} : { version }) };
}
