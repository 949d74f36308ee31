import { codeWords, sayParts } from '../../policy/build-code-standing.ts';
import { exceptedBy } from '../../policy/excepted.ts';
import type { ApprovalState, Change, FixedAdvisory, GateFinding, GateVerdict } from '../change.ts';

/** What a report says beside the verdict itself. */
export interface ReportAbout {
  /** The lockfile, as findings name it. */
  readonly file: string;
  /** What it was compared with; absent: the whole of it was judged. */
  readonly comparedWith?: string | undefined;
  /** Whether every change and finding is listed, also those that only a number is given of. */
  readonly all?: boolean | undefined;
  /** Columns of the terminal; absent: lines are as long as they are. */
  readonly width?: number | undefined;
  /** Epoch milliseconds, for ages; absent: dates stand for them. */
  readonly now?: number | undefined;
}

/** What happened to a package, in a few words: `1.0.0 → 1.1.0`. */
export function sayVersions({ from, to, fromSource, toSource, kind }: Change): string {
  const versions =
    from === undefined || to === undefined || from === to ? (to ?? from ?? '') : `${from} → ${to}`;
  if (kind === 'source')
    return `${versions}, from ${toSource ?? 'the project'} instead of ${fromSource ?? 'the project'}`;
  if (kind === 'checksum') return `${versions}, with another checksum`;
  return versions;
}

/** `2026-08-27 07:11 UTC`. */
export function sayUntil(until: string): string {
  return `${until.slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a finding is about: a release, else the place that it points at. */
export function sayAbout({ crate, version, evidence }: GateFinding): string {
  if (crate !== '') return `${crate} ${version ?? ''}`.trim();
  return [evidence.file, evidence.line].filter((part) => part !== undefined).join(':');
}

/** The end of a finding's sentence: until when, what excepts it, and what made it worse. */
export function sayLimits(finding: GateFinding): string {
  const end = finding.until === undefined ? '' : ` (until ${sayUntil(finding.until)})`;
  const worse = finding.worse === undefined ? '' : ` It was there before, and got worse: ${finding.worse}.`;
  return `${end}${exceptedBy(finding)}${worse}`;
}

/** The targets that anything is said of. What is so for all of them is said without their names. */
export function targetsOf({ changes }: GateVerdict): ReadonlySet<string> {
  return new Set(
    changes.flatMap(({ features = [], std = [] }) => [...features, ...std].map(({ target }) => target)),
  );
}

/** What is notable of a change beside its findings; `all` are the targets of the whole report. */
export function sayNews(
  { newSource, duplicates, toSource, features, std, tier, partOf, approvals, fixes }: Change,
  all: ReadonlySet<string>,
): string[] {
  return [
    ...(fixes ?? []).map(sayFixed),
    ...sayFeatures(features ?? [], all),
    ...sayNeeds(std ?? [], all),
    ...sayTier(tier, partOf ?? []),
    ...(approvals ?? []).flatMap(sayApproval),
    ...(newSource === true ? [`a new source: ${toSource}`] : []),
    ...(duplicates === undefined
      ? []
      : [
          `one version more of it: ${duplicates.join(', ')} ${duplicates.length === 1 ? 'is' : 'are'} there, too`,
        ]),
  ];
}

/** `fixes RUSTSEC-2026-0001 (It lets others in)`. */
export function sayFixed({ id, title }: FixedAdvisory): string {
  return `fixes ${id}${title === '' ? '' : ` (${title.replace(/\.$/, '')})`}`;
}

/** What runs at build time. */
function sayTier(tier: Change['tier'], partOf: readonly string[]): string[] {
  const reasons = [
    ...(tier === undefined || tier.tier === 'standard' ? [] : tier.reasons),
    ...(partOf.length === 0 ? [] : [`its library is a part of ${sayParts(partOf)}`]),
  ];
  return reasons.length === 0 ? [] : [`runs at build time: ${reasons.join(', ')}`];
}

/** What a finding says already is not said again. */
function sayApproval({ code, standing, version, by, grandfathered, together }: ApprovalState): string[] {
  const what = codeWords[code];
  if (grandfathered === true) return [`${what}: taken over unread when the list of approvals was begun`];
  const who = `${by}${together === true ? ', together with others' : ''}`;
  if (standing === 'approved') return [`${what}: approved by ${who}`];
  return standing === 'carried'
    ? [`${what}: nothing relevant differs from ${version}, approved by ${who}`]
    : [];
}

/** What is switched on and off, a line for all targets for which it is the same. */
function sayFeatures(changes: NonNullable<Change['features']>, all: ReadonlySet<string>): string[] {
  const said = Map.groupBy(changes, ({ builtFor, built, gained, lost, members }) => {
    const whose = members === undefined ? '' : ` in ${members.join(', ')}`;
    const where = `${whose}${builtFor === 'host' ? ', for the machine that builds' : ''}`;
    if (built === 'no longer') return `no longer built${where}`;
    if (built === 'now') {
      const features = gained.length === 0 ? '' : `, with ${gained.join(', ')}`;
      return `built from now on${where}${features}`;
    }
    const signs = [...gained.map((feature) => `+${feature}`), ...lost.map((feature) => `-${feature}`)];
    return `features${where}: ${signs.join(' ')}`;
  });
  return [...said].map(([line, list]) => `${line}${sayTargets(list, all)}`);
}

/** What it needs where there is no standard library, a line for all builds for which it is the same. */
function sayNeeds(needs: NonNullable<Change['std']>, all: ReadonlySet<string>): string[] {
  const said = Map.groupBy(needs, ({ class: is, before, member }) => {
    const classes = before === undefined || before === is ? is : `${before} → ${is}`;
    return member === undefined ? classes : `${classes} in ${member}`;
  });
  return [...said].map(([line, list]) => `${line}${sayTargets(list, all)}`);
}

function sayTargets(list: readonly { readonly target: string }[], all: ReadonlySet<string>): string {
  const targets = new Set(list.map(({ target }) => target));
  return targets.size === all.size ? '' : ` (${[...targets].join(', ')})`;
}

export function many(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
