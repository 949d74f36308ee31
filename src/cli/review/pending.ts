import { createInterface, type Interface } from 'node:readline/promises';
import { printable } from '../../gate/report/printable.ts';
import { approvalsOf, type Yes } from '../../gate/review/approve.ts';
import { approvedVersion, reviewRelease } from '../../gate/review/review.ts';
import { helperIn, needsAnswer, type Standing } from '../../policy/build-code-standing.ts';
import { loadLayers, type Policy } from '../../policy/policy.ts';
import type { AllowFile } from '../allow/file.ts';
import { vendoringOf, withFacts } from '../check/facts.ts';
import { CliError, exit } from '../shared/error.ts';
import { danger, isPending, isUnanswered, type RunningPackage, runningPackages } from '../shared/pending.ts';
import { table } from '../shared/table.ts';
import { paint, print } from '../shared/terminal.ts';
import { tellUnknown } from '../shared/unknown-packages.ts';
import { groupOf, groups, groupsOf } from './groups.ts';
import type { ReviewOptions } from './options.ts';
import { reviewLines } from './page.ts';
import { openSources, type Sources } from './sources.ts';
import { personHere, whoApproves } from './who.ts';

/** Goes through all that the lockfile needs, the safest first: at a terminal with questions, else as a list. */
export async function reviewPending(list: AllowFile, options: ReviewOptions): Promise<void> {
  const { running, unknown, organisation } = await withFacts(
    options,
    list.policy,
    (port) => runningPackages(port, list, Date.now()),
    [vendoringOf(list.folder, list.packages)],
  );
  const pending = running.filter(isPending).toSorted((a, b) => danger(a) - danger(b));
  tellUnknown('unknown', unknown);
  process.exitCode = pending.length > 0 || unknown.length > 0 ? exit.waiting : exit.ok;
  if (options.format === 'json') {
    print(JSON.stringify({ pending: pending.map(asJson), of: running.length }, null, 2));
    return;
  }
  if (pending.length === 0) {
    print(
      unknown.length === 0
        ? `Nothing waits: all ${running.length} packages that run something at build time are approved.`
        : `Of what is known nothing waits; what ${unknown.length} packages run is not known.`,
    );
    return;
  }
  if (options.approve === true) {
    await approveGroup(pending, list, options);
    return;
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    for (const { group, members } of groupsOf(pending)) {
      print(paint('bold', `${groups[group]}: ${members.length}`));
      for (const line of table(['RELEASE', 'WAITS BECAUSE', 'WHAT IT DOES'], members.map(asRow)))
        print(`  ${line}`);
      print();
    }
    print(
      `${pending.length} of ${running.length} packages that run something at build time wait for a review.`,
    );
    const [first] = groupsOf(pending);
    if (first?.group === 'harmless')
      print(
        `The ${first.members.length} harmless ones are answered together by: safeguard review --pending --group harmless --approve --reason "…"`,
      );
    return;
  }
  const policy = loadLayers({ organisation, project: list.policy });
  const sources = openSources(options, list);
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const left = await answerHarmless(pending, list, options, questions);
    await walk(left, { list, policy, sources, questions, options });
  } finally {
    questions.close();
    await sources.close();
  }
}

/** Answers a group by one explicit act, in somebody's name and with a reason. */
async function approveGroup(
  pending: readonly RunningPackage[],
  list: AllowFile,
  options: ReviewOptions,
): Promise<void> {
  const who = await whoApproves(options);
  if (options.group !== 'harmless')
    throw new CliError('cli/usage', 'together only those are answered that can do nothing grave', {
      next: 'Add --group harmless; the others are read one by one.',
    });
  const members = pending.filter((one) => groupOf(one) === 'harmless');
  for (const line of table(['RELEASE', 'WAITS BECAUSE', 'WHAT IT DOES'], members.map(asRow))) print(line);
  list.add(members.flatMap((one) => together(one, who, options)));
  const left = pending.length - members.length;
  process.exitCode = left === 0 ? exit.ok : exit.waiting;
  print(
    `\n${members.length} answered together, by ${printable(who.by)}; ${left} still wait. Commit ${list.name}.`,
  );
}

/** Shows the harmless ones in one list and asks once; gives those that still wait. */
async function answerHarmless(
  pending: readonly RunningPackage[],
  list: AllowFile,
  options: ReviewOptions,
  questions: Interface,
): Promise<readonly RunningPackage[]> {
  const members = pending.filter((one) => groupOf(one) === 'harmless');
  if (members.length < 2) return pending;
  print(paint('bold', `${groups.harmless}: ${members.length}`));
  for (const line of table(['RELEASE', 'WAITS BECAUSE', 'WHAT IT DOES'], members.map(asRow)))
    print(`  ${line}`);
  const answer = (
    await questions.question('\nApprove of all of these together? y(es), n(o, one by one): ')
  ).trim();
  if (!answer.toLowerCase().startsWith('y')) return pending;
  const reason = (await questions.question('Why? ')).trim();
  if (reason === '') {
    print('Without a reason they stay as they are.');
    return pending;
  }
  const by = options.as ?? personHere();
  list.add(members.flatMap((one) => together(one, { by, reason }, options)));
  return pending.filter((one) => !members.includes(one));
}

function together(
  { pkg, code, partOf, standings }: RunningPackage,
  who: Pick<Yes, 'by' | 'reason'>,
  { expires }: ReviewOptions,
) {
  const waiting = new Set(
    standings.flatMap(({ code: kind, standing }) => (isUnanswered(standing) ? [kind] : [])),
  );
  const yes = { ...who, at: Date.now(), expires, together: true } as const;
  return approvalsOf(pkg.name, pkg.version, code, yes, partOf).filter(({ kind }) => waiting.has(kind));
}

interface Sitting {
  readonly list: AllowFile;
  readonly policy: Policy;
  readonly sources: Sources;
  readonly questions: Interface;
  readonly options: ReviewOptions;
}

async function walk(pending: readonly RunningPackage[], sitting: Sitting): Promise<void> {
  const { list, policy, sources, questions, options } = sitting;
  const who = options.as ?? personHere();
  let left = pending.length;
  for (const [i, one] of pending.entries()) {
    const { name, version } = one.pkg;
    print();
    print(paint('dim', `${i + 1} of ${pending.length}`));
    const subject = await sources.openLocked(one.pkg);
    const against = approvedVersion(list.approvals.of(name).approvals, one.standings);
    const before =
      against === undefined || against === version || one.pkg.source?.kind === 'git'
        ? undefined
        : await sources.openIfThere(name, against, list);
    const { code, partOf } = one;
    const by = { approvals: list.approvals, policy, partOf, now: Date.now() };
    for (const line of reviewLines(reviewRelease(subject, before, by))) print(line);
    const answer = (await questions.question('\nApprove? y(es), n(o, later), q(uit): ')).trim().toLowerCase();
    if (answer.startsWith('q')) break;
    if (!answer.startsWith('y')) continue;
    const reason = (await questions.question('Why? ')).trim();
    if (reason === '') {
      print('Without a reason it stays as it is.');
      continue;
    }
    const yes = { by: who, reason, at: Date.now(), expires: options.expires };
    list.add(approvalsOf(name, version, code, yes, partOf));
    left--;
  }
  process.exitCode = left === 0 ? exit.ok : exit.waiting;
  print(
    left === 0
      ? `\nAll are approved; commit ${list.name}.`
      : `\n${left} still wait; what was approved is in ${list.name}.`,
  );
}

function asRow(one: RunningPackage): readonly string[] {
  const { pkg, standings } = one;
  const why = standings.flatMap(({ standing }) => (isUnanswered(standing) ? [sayWhy(standing)] : []));
  const does = summaryOf(one);
  return [
    printable(`${pkg.name} ${pkg.version}`),
    [...new Set(why)].join(', '),
    printable(does.length > 120 ? `${does.slice(0, 119)}…` : does),
  ];
}

/** Why it waits, and of what can do more what that is. */
function sayWhy(standing: Standing): string {
  const unread = 'approval' in standing && standing.approval.grandfathered === true;
  if (!needsAnswer(standing)) return 'nobody read it';
  const more =
    'added' in standing
      ? `: ${standing.added.slice(0, 3).join(', ')}${standing.added.length > 3 ? ' …' : ''}`
      : '';
  return `${reasons[standing.kind]}${more}${unread ? ' (what was before nobody read either)' : ''}`;
}

const reasons = {
  approved: 'approved',
  carried: 'carried over',
  changed: 'other code',
  grown: 'can do more',
  wider: 'files beside the code count now',
  unreadable: 'other code around what nobody can read',
  surface: 'another surface',
  lapsed: 'expired',
  missing: 'new',
  unread: 'not readable',
} as const;

function summaryOf({ code, partOf }: RunningPackage): string {
  const parts = [code.buildScript, code.macros, helperIn(code, partOf)];
  return parts.flatMap((part) => (part === undefined ? [] : [part.summary])).join(' ');
}

function asJson(one: RunningPackage) {
  const { pkg, partOf, code, standings } = one;
  return {
    crate: pkg.name,
    version: pkg.version,
    tier: code.tier,
    group: groupOf(one),
    ...(partOf.length === 0 ? {} : { partOf }),
    summary: summaryOf(one),
    standings: standings.map(({ code: kind, standing }) => ({
      code: kind,
      standing: standing.kind,
      ...('approval' in standing && standing.approval.grandfathered === true ? { unread: true } : {}),
      ...('added' in standing && standing.added.length > 0 ? { added: standing.added } : {}),
    })),
  };
}
