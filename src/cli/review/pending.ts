import { createInterface, type Interface } from 'node:readline/promises';
import { printable } from '../../gate/report/plain.ts';
import { approvalsOf } from '../../gate/review/approve.ts';
import { approvedVersion, reviewRelease } from '../../gate/review/review.ts';
import { helperIn } from '../../policy/build-code-standing.ts';
import { loadLayers, type Policy } from '../../policy/policy.ts';
import type { AllowFile } from '../allow/file.ts';
import { withFacts } from '../check/facts.ts';
import { exit } from '../shared/error.ts';
import { danger, isPending, type RunningPackage, runningPackages } from '../shared/pending.ts';
import { table } from '../shared/table.ts';
import { paint, print } from '../shared/terminal.ts';
import { tellUnknown } from '../shared/unknown-packages.ts';
import type { ReviewOptions } from './options.ts';
import { reviewLines } from './page.ts';
import { openSources, type Sources } from './sources.ts';
import { personHere } from './who.ts';

/** Goes through all that the lockfile needs, the safest first: at a terminal with questions, else as a list. */
export async function reviewPending(list: AllowFile, options: ReviewOptions): Promise<void> {
  const { running, unknown, organisation } = await withFacts(options, list.policy, (port) =>
    runningPackages(port, list, Date.now()),
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
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    for (const line of table(['RELEASE', 'WAITS BECAUSE', 'WHAT IT DOES'], pending.map(asRow))) print(line);
    print();
    print(
      `${pending.length} of ${running.length} packages that run something at build time wait for a review.`,
    );
    return;
  }
  const policy = loadLayers({ organisation, project: list.policy });
  const sources = openSources(options);
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    await walk(pending, { list, policy, sources, questions, options });
  } finally {
    questions.close();
    await sources.close();
  }
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
  const why = standings.map(({ standing }) =>
    'approval' in standing && standing.approval.grandfathered ? 'nobody read it' : reasons[standing.kind],
  );
  const does = summaryOf(one);
  return [
    printable(`${pkg.name} ${pkg.version}`),
    [...new Set(why)].join(', '),
    printable(does.length > 120 ? `${does.slice(0, 119)}…` : does),
  ];
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
    ...(partOf.length === 0 ? {} : { partOf }),
    summary: summaryOf(one),
    standings: standings.map(({ code: kind, standing }) => ({ code: kind, standing: standing.kind })),
  };
}
