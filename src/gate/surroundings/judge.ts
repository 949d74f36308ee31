import { surroundingsFact } from '../../facts/surroundings.ts';
import { type VendoredFact, vendoredFact } from '../../facts/vendored.ts';
import type { Finding } from '../../policy/finding.ts';
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
  for (const [file, items] of around?.items ?? []) {
    const subject = { registry: '', crate: file, version: '', checksum: '' };
    const facts = { surroundings: surroundingsFact(items, now), vendored: vendoredFact(nothing, now) };
    const { findings } = judge(policy, { context: 'project', subject, facts, unasked, now });
    const { line = 1, column = 1 } = items.find(({ difference }) => difference !== 'removed') ?? {};
    const shown = findings.map((finding) => gateFinding(finding, ''));
    const change = {
      kind: 'config',
      crate: file,
      why: [],
      findings: shown,
      span: { file, line, column },
    } as const;
    take(change, findings, around?.isChange === true);
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

/** What is asked of the project as a whole. */
const unasked = new Set(['locked'] as const);
const nothing: VendoredFact = { folder: '', differences: [] };

function gateFinding({ subject: _, ...finding }: Finding, crate: string, version?: string): GateFinding {
  return { ...finding, crate, ...(version === undefined ? {} : { version }) };
}
