import type { Surrounding } from '../../facts/surroundings.ts';
import { surroundingsFact } from '../../facts/surroundings.ts';
import { type VendoredFact, vendoredFact } from '../../facts/vendored.ts';
import type { Finding } from '../../policy/finding.ts';
import { judge } from '../../policy/judge.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Change, GateFinding } from '../change.ts';

/** What the policy says of what changed around the graph: one change of kind `config` for each file with a finding. */
export function judgeSurroundings(
  policy: Policy,
  changes: ReadonlyMap<string, readonly Surrounding[]>,
  now: number,
): readonly Change[] {
  return [...changes].flatMap(([file, items]): Change[] => {
    const subject = { registry: '', crate: file, version: '', checksum: '' };
    const facts = { surroundings: surroundingsFact(items, now), vendored: vendoredFact(nothing, now) };
    const { findings } = judge(policy, { context: 'project', subject, facts, now });
    if (findings.length === 0) return [];
    const { line = 1, column = 1 } = items.find(({ difference }) => difference !== 'removed') ?? {};
    const span = { file, line, column };
    return [
      {
        kind: 'config',
        crate: file,
        why: [],
        findings: findings.map((finding) => gateFinding(finding, '')),
        span,
      },
    ];
  });
}

/** What the policy says of a vendored copy of a release. */
export function judgeVendored(
  policy: Policy,
  release: {
    readonly registry: string;
    readonly crate: string;
    readonly version: string;
    readonly checksum: string;
  },
  fact: VendoredFact,
  now: number,
): readonly GateFinding[] {
  const facts = { vendored: vendoredFact(fact, now), surroundings: surroundingsFact([], now) };
  const { findings } = judge(policy, { context: 'project', subject: release, facts, now });
  return findings.map((finding) => gateFinding(finding, release.crate, release.version));
}

const nothing: VendoredFact = { folder: '', differences: [] };

function gateFinding({ subject: _, ...finding }: Finding, crate: string, version?: string): GateFinding {
  return { ...finding, crate, ...(version === undefined ? {} : { version }) };
}
