import { exceptedBy } from '../../policy/excepted.ts';
import {
  type DecisionJson,
  type LogEntryJson,
  type ReleaseJson,
  type ReleaseReportJson,
  releaseReportSchema,
} from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { leadingFinding } from '../shared/excepted.ts';
import { parseRelease } from '../shared/release-id.ts';
import { exitOfState, stateCell } from '../shared/release-state.ts';
import { table } from '../shared/table.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { sayTime, sayWhen } from '../shared/when.ts';
import { standing } from './decisions.ts';

export interface ShowOptions extends ServerOptions {
  readonly registry?: string;
  readonly format: 'text' | 'json';
}

type FindingJson = ReleaseJson['verdict']['findings'][number];

export async function show(text: string, options: ShowOptions): Promise<void> {
  const { crate, version } = parseRelease(text);
  const server = await findServer(options);
  const query =
    options.registry === undefined ? '' : `?${new URLSearchParams({ registry: options.registry })}`;
  const path = `/api/v1/releases/${encodeURIComponent(crate)}/${encodeURIComponent(version)}${query}`;
  const { value, json } = await ask(server, { path }, releaseReportSchema);
  process.exitCode = exitOfState(value.release.state);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  for (const line of explain(value, Date.now())) print(line);
}

/** The release in sentences: state, rule, until when, the way out, the log. */
export function explain({ release, instead, decisions = [], log }: ReleaseReportJson, now: number): string[] {
  const leading = leadingFinding(release.verdict);
  const { text, style } = stateCell(release.state);
  return [
    `${paint('bold', printable(`${release.crate}@${release.version}`))} is ${paint(style, text)}.`,
    ...verdictLines(release, leading, now),
    ...decideLines(release),
    ...insteadLines(instead),
    ...decisionLines(decisions, now),
    '',
    ...table([], factRows(release, now)),
    ...others(release.verdict.findings.filter((finding) => finding !== leading)),
    ...logLines(log),
  ];
}

const meanings: Readonly<Record<ReleaseJson['state'], string>> = {
  promoted: 'Cargo may download it.',
  held: 'It waits; cargo sees it as yanked, and its download is refused.',
  review: 'It waits for a person to decide; cargo sees it as yanked, and its download is refused.',
  blocked: 'It is refused.',
  withdrawn: 'Its registry no longer has it. It is refused; the bytes are kept.',
};

function verdictLines(release: ReleaseJson, leading: FindingJson | undefined, now: number): string[] {
  const lines = [meanings[release.state]];
  if (release.yanked) lines.push('Its own authors have yanked it; that is apart from the state.');
  if (release.state === 'promoted' && release.judged === 'index')
    lines.push('So far its index line alone was judged: its bytes are when it is first asked for.');
  if (leading !== undefined && leading.effect !== 'warn') {
    lines.push('', `The rule \`${printable(leading.rule)}\` says: ${printable(leading.message)}`);
    lines.push(...evidence(leading));
  }
  if (release.until !== undefined)
    lines.push('', `It ends by itself on ${sayWhen(release.until, now)}, if nothing else speaks against it.`);
  if (leading !== undefined && leading.effect !== 'warn')
    lines.push(`What to do: ${printable(leading.next)}`);
  return lines;
}

/** What a person types who has read it all. */
function decideLines(release: ReleaseJson): string[] {
  if (release.state !== 'review') return [];
  const named = printable(`${release.crate}@${release.version}`);
  return [
    'Who has looked at it says yes or no:',
    `    safeguard quarantine approve ${named} --reason "…"`,
    `    safeguard quarantine reject ${named} --reason "…"`,
  ];
}

function decisionLines(decisions: readonly DecisionJson[], now: number): string[] {
  if (decisions.length === 0) return [];
  return [
    '',
    'Decided by people:',
    ...decisions.map(
      (one) =>
        `  ${one.kind === 'approve' ? 'approved' : 'rejected'} by ${printable(one.by)} on ${sayTime(one.at)}: ` +
        `${printable(one.reason)} (stands: ${standing(one, now)})`,
    ),
  ];
}

function insteadLines(instead: ReleaseReportJson['instead']): string[] {
  if (instead === undefined) return [];
  return [
    `The newest release that is allowed is ${printable(instead.version)}:`,
    `    ${printable(instead.command)}`,
  ];
}

function factRows(release: ReleaseJson, now: number): string[][] {
  return [
    ['registry', printable(release.registry)],
    ['checksum', printable(release.checksum)],
    [
      'published',
      release.published === undefined ? 'the registry does not say' : sayWhen(release.published, now),
    ],
    ['first seen', `${sayWhen(release.firstSeen, now)}, ${arrivals[release.arrival]}`],
    [release.state, `since ${sayWhen(release.since, now)}`],
    ['policy', printable(release.policy.slice(0, 12))],
  ];
}

const arrivals: Readonly<Record<ReleaseJson['arrival'], string>> = {
  'back-catalogue': 'as part of the back catalogue',
  new: 'as a new release',
};

function others(findings: readonly FindingJson[]): string[] {
  if (findings.length === 0) return [];
  return [
    '',
    'It was also found:',
    ...findings.flatMap((finding) => [
      `  ${finding.effect}: ${printable(finding.message)} (${printable(finding.rule)})${printable(exceptedBy(finding))}`,
      ...evidence(finding).map((line) => `  ${line}`),
    ]),
  ];
}

/** What a finding was seen by: a place in a file, an advisory, a page, the values that were compared. */
function evidence({ evidence }: FindingJson): string[] {
  const { file, line, column, values, ...rest } = evidence;
  const place =
    file === undefined ? [] : [[file, line, column].filter((part) => part !== undefined).join(':')];
  const named = Object.entries({ ...rest, ...(isRecord(values) ? values : {}) });
  return [...place, ...named.map(([name, value]) => `${name}: ${String(value)}`)].map(
    (text) => `    ${printable(text)}`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function logLines(log: readonly LogEntryJson[]): string[] {
  if (log.length === 0) return [];
  const rows = log.map((entry) => [
    sayTime(entry.at),
    printable(entry.event),
    entry.from === entry.to || entry.to === null ? '' : printable(`${entry.from ?? 'new'} → ${entry.to}`),
    printable(`by ${entry.actor}${reasonOf(entry)}`),
  ]);
  return ['', 'What happened:', ...table([], rows).map((line) => `  ${line}`)];
}

function reasonOf({ details }: LogEntryJson): string {
  const reason = details?.reason;
  return typeof reason === 'string' ? `: ${reason}` : '';
}
