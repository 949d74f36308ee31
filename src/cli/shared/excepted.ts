import { counts } from '../../policy/excepted.ts';
import type { ReleaseJson } from '../../server/contract.ts';

type FindingJson = ReleaseJson['verdict']['findings'][number];

/** The finding that explains the state: the strictest that counts; among holds, the one that ends last. */
export function leadingFinding({ findings, until }: ReleaseJson['verdict']): FindingJson | undefined {
  const counting = findings.filter(counts);
  const strictest = counting.filter(({ effect }) => effect === counting[0]?.effect);
  return strictest.find((finding) => finding.until === until) ?? strictest[0];
}
