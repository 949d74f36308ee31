import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { ReplacedCode } from '../../facts/approval.ts';
import type { CodeFact } from '../../facts/code.ts';
import { runningCode } from '../../policy/build-code-standing.ts';
import { askedOf, type FactsPort } from '../facts-port.ts';
import { approvalsOf } from '../review/approve.ts';
import type { Survey } from './survey.ts';

/** What a change replaces of a package, as far as it runs at build time; `undefined` where it replaces nothing. */
export type ReplacedOf = (pkg: LockedPackage) => ReplacedCode | undefined;

/**
 * What the releases ran at build time that a change replaces. Their archives are wanted only of those whose successors run
 * something, since everything else is judged without them.
 */
export async function replacedCode(surveyed: Survey, port: FactsPort): Promise<ReplacedOf> {
  const pairs = surveyed.changes.flatMap((change) =>
    'before' in change && 'after' in change ? [{ before: change.before, after: change.after }] : [],
  );
  const wanted = pairs.filter(
    ({ before, after }) => runsNow(surveyed, after) && codeOf(surveyed, before) === undefined,
  );
  const fetched = new Map<LockedPackage, CodeFact>();
  if (wanted.length > 0) {
    const asked = wanted.map(({ before }) => askedOf(before, { bytes: true, only: 'code' }));
    const { answers } = await port.facts(asked);
    for (const [i, { before }] of wanted.entries()) {
      const code = answers[i]?.facts.code;
      if (code?.kind === 'known') fetched.set(before, code.value);
    }
  }
  const found = new Map(
    pairs.map(({ before, after }) => {
      const code = codeOf(surveyed, before) ?? fetched.get(before);
      return [after, replacedBy(before, code, surveyed.of(after).partOf ?? [])] as const;
    }),
  );
  return (pkg) => found.get(pkg);
}

function replacedBy(
  { name, version }: LockedPackage,
  code: CodeFact | undefined,
  partOf: readonly string[],
): ReplacedCode {
  if (code === undefined) return { version };
  const ran = approvalsOf(name, version, code, nobody, partOf);
  return { version, ran: ran.map((approval) => ({ ...approval, of: 'project' })) };
}

/** It ran because it was in the lockfile, and not because anybody said yes. */
const nobody = { by: '', reason: '', at: 0 };

function codeOf({ of }: Survey, pkg: LockedPackage): CodeFact | undefined {
  const code = of(pkg).known?.facts.code;
  return code?.kind === 'known' ? code.value : undefined;
}

function runsNow(surveyed: Survey, pkg: LockedPackage): boolean {
  const code = codeOf(surveyed, pkg);
  return code !== undefined && Object.keys(runningCode(code, surveyed.of(pkg).partOf ?? [])).length > 0;
}
