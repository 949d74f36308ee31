import type { Approval } from '../../facts/approval.ts';
import { printable } from '../../gate/report/printable.ts';
import { approvalsOf } from '../../gate/review/approve.ts';
import { needsAnswer } from '../../policy/build-code-standing.ts';
import { type FactsOptions, vendoringOf, withFacts } from '../check/facts.ts';
import { personHere } from '../review/who.ts';
import { CliError, exit } from '../shared/error.ts';
import { runningPackages } from '../shared/pending.ts';
import { parseCrateOrRelease } from '../shared/release-id.ts';
import { table } from '../shared/table.ts';
import { print } from '../shared/terminal.ts';
import { tellUnknown } from '../shared/unknown-packages.ts';
import { type AllowFile, openAllowFile } from './file.ts';

export interface AllowOptions {
  readonly lockfile?: string;
  readonly manifestPath: string;
  readonly format: 'text' | 'json';
}

export interface SeedOptions extends AllowOptions, FactsOptions {
  readonly as?: string;
}

const seedReason = 'It was there when the list was begun.';

/** Adopts a project's present state: what is not approved yet is grandfathered. */
export async function seedAllowed(options: SeedOptions): Promise<void> {
  const list = await openAllowFile(options);
  needLockfile(list);
  const now = Date.now();
  const { running, unknown } = await withFacts(
    options,
    list.policy,
    (port) => runningPackages(port, list, now),
    [vendoringOf(list.folder, list.packages)],
  );
  const by = options.as ?? personHere();
  const added = running.flatMap(({ pkg, partOf, code, standings }) => {
    const missing = new Set<string>(
      standings.flatMap(({ code: kind, standing }) => (needsAnswer(standing) ? [kind] : [])),
    );
    const yes = { by, reason: seedReason, at: now, grandfathered: true } as const;
    return approvalsOf(pkg.name, pkg.version, code, yes, partOf).filter(({ kind }) => missing.has(kind));
  });
  list.add(added);
  tellUnknown('left out', unknown);
  if (unknown.length > 0) process.exitCode = exit.problem;
  if (options.format === 'json')
    print(JSON.stringify({ file: list.name, added, unknown: unknown.length }, null, 2));
  else {
    print(
      `${list.name}: ${added.length} entries for what is there now, of ${running.length} packages that run something at build time.`,
    );
    if (added.length > 0)
      print('Nobody has read them. `safeguard review --pending` goes through them, the safest first.');
  }
}

/** Takes out what nothing needs. */
export async function pruneAllowed(options: AllowOptions): Promise<void> {
  const list = await openAllowFile(options);
  needLockfile(list);
  const versions = Map.groupBy(list.packages, ({ name }) => name);
  const now = Date.now();
  const gone = list.remove(({ crate, version, expires }) => {
    const locked = versions.get(crate)?.map((pkg) => pkg.version) ?? [];
    if (locked.length === 0) return true;
    // An approval of another version may be what a locked one is carried over from.
    const isNeeded = locked.includes(version) || locked.some((one) => !isCovered(list, crate, one));
    return !isNeeded || (expires !== undefined && Date.parse(expires) <= now);
  });
  told(gone, 'taken out', list, options);
}

/** Ends approvals of a crate. */
export async function revokeAllowed(named: string, options: AllowOptions): Promise<void> {
  const { crate, version } = parseCrateOrRelease(named);
  const list = await openAllowFile(options);
  const gone = list.remove(
    (one) => one.crate === crate && (version === undefined || one.version === version),
  );
  if (gone.length === 0)
    throw new CliError('cli/usage', `${list.name} has no approval of ${named}`, {
      next: 'See `safeguard allow list`.',
    });
  told(gone, 'taken back', list, options);
}

/** Prints the list, what nobody has read apart. */
export async function listAllowed(options: AllowOptions): Promise<void> {
  const list = await openAllowFile(options);
  const entries = list.approvals.project;
  if (options.format === 'json') {
    print(JSON.stringify({ file: list.name, approved: entries }, null, 2));
    return;
  }
  const rows = entries.map(({ crate, version, kind, by, at, reason, expires, grandfathered, together }) => [
    printable(`${crate} ${version}`),
    kind,
    grandfathered === true
      ? { text: 'nobody read it', style: 'yellow' as const }
      : printable(`${by}${together === true ? ' (together)' : ''}`),
    at.slice(0, 10),
    expires ?? '',
    printable(reason),
  ]);
  for (const line of table(['RELEASE', 'WHAT', 'BY', 'ON', 'UNTIL', 'WHY'], rows)) print(line);
  const debt = entries.filter(({ grandfathered }) => grandfathered === true).length;
  if (entries.length > 0) print();
  print(`${entries.length} approvals; ${debt} of them grandfathered, which nobody has read.`);
}

function isCovered({ approvals }: AllowFile, crate: string, version: string): boolean {
  return approvals.of(crate).approvals.some((approval) => approval.version === version);
}

function needLockfile({ packages }: AllowFile): void {
  if (packages.length > 0) return;
  throw new CliError('cli/usage', 'there is no Cargo.lock with packages here', {
    next: 'Run it in a project, or name the lockfile with --lockfile.',
  });
}

function told(gone: readonly Approval[], what: string, list: AllowFile, { format }: AllowOptions): void {
  if (format === 'json') {
    print(JSON.stringify({ file: list.name, removed: gone }, null, 2));
    return;
  }
  for (const { crate, version, kind } of gone) print(`${printable(`${crate} ${version}`)}: ${kind}`);
  print(`${list.name}: ${gone.length} ${gone.length === 1 ? 'approval' : 'approvals'} ${what}.`);
}
