import type { ReleaseJson } from '../server/contract.ts';

type FindingJson = ReleaseJson['verdict']['findings'][number];

/** Whether a finding counts: neither a waiver excepts it nor an audit answers it. */
export function counts({ waived, answered }: FindingJson): boolean {
  return waived === undefined && answered === undefined;
}

/** Why a finding does not count, as what follows its message; empty where it does. */
export function exceptedBy({ waived, answered }: FindingJson): string {
  if (waived !== undefined) return ` [waived by ${waived.by} until ${waived.expires}: ${waived.reason}]`;
  if (answered !== undefined)
    return ` [answered by ${answered.by}, ${answered.who.join(', ')}: ${answered.says}]`;
  return '';
}

/** The finding that explains the state: the strictest that counts; among holds, the one that ends last. */
export function leadingFinding({ findings, until }: ReleaseJson['verdict']): FindingJson | undefined {
  const counting = findings.filter(counts);
  const strictest = counting.filter(({ effect }) => effect === counting[0]?.effect);
  return strictest.find((finding) => finding.until === until) ?? strictest[0];
}
