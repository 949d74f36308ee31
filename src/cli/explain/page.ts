import { exceptedBy } from '../../policy/excepted.ts';
import { sayTrustLine } from '../../policy/trust-score.ts';
import type { ExplanationJson } from '../../server/contract.ts';
import { stateCell } from '../shared/release-state.ts';
import { paint, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';
import { auditLines } from './audits.ts';
import { factLines } from './facts.ts';

/** What a page is for: eyes at a terminal, or a place that shows Markdown. */
export type Page = 'terminal' | 'markdown';

type Release = Extract<ExplanationJson, { kind: 'release' }>;
type Finding = Release['release']['verdict']['findings'][number];

/** The explanation as a page that a person reads, line by line. */
export function explanationLines(explanation: ExplanationJson, page: Page, now: number): string[] {
  return explanation.kind === 'release' ? releasePage(explanation, page, now) : namePage(explanation, page);
}

function releasePage(explanation: Release, page: Page, now: number): string[] {
  const { release, rules, instead, approve } = explanation;
  const { text, style } = stateCell(release.state);
  const state = page === 'markdown' ? `**${text}**` : paint(style, text);
  const until = release.until === undefined ? '' : ` until ${sayWhen(release.until, now)}`;
  const quiet = rules.filter(({ findings }) => findings === 0).map(({ id }) => id);
  return [
    ...heading(`${release.crate} ${release.version}`, page, 1),
    `${release.state === 'review' ? 'It waits for a' : 'It is'} ${state}${until}.`,
    ...(approve === undefined
      ? []
      : ['A person who has read what is below approves of it:', '', ...code(printable(approve), page), '']),
    ...(instead === undefined
      ? []
      : [`Use ${instead.version} instead:`, '', ...code(printable(instead.command), page)]),
    ...section(
      'Findings',
      release.verdict.findings.flatMap((finding) => findingLines(finding, page, now)),
      page,
    ),
    ...section(
      'Ways to a fixed release',
      fixLines(explanation, now).map((line) => item(line, page)),
      page,
    ),
    ...section(
      'Who read it',
      auditLines(explanation.case.facts).map((line) => item(printable(line), page)),
      page,
    ),
    ...section(
      'The people behind it',
      trustLines(explanation).map((line) => item(line, page)),
      page,
    ),
    ...section(
      'Facts',
      factLines(explanation.case.facts).map((line) => item(printable(line), page)),
      page,
    ),
    ...section('Rules that found nothing', quiet.length === 0 ? [] : [quiet.join(', ')], page),
  ];
}

function namePage(
  { crate, resembles, claims }: Extract<ExplanationJson, { kind: 'no-such-release' }>,
  page: Page,
): string[] {
  const name = printable(crate);
  const near = resembles.map((one) => item(printable(`its name ${one.why} (${one.strength})`), page));
  const own = claims.map(({ kind, value }) =>
    item(printable(`the ${kind} ${value} is the organisation’s own`), page),
  );
  return [
    ...heading(name, page, 1),
    'No such release is in the registry.',
    ...section('It resembles', near.length === 0 ? ['No crate that is known.'] : near, page),
    ...section('Whose it is', own, page),
  ];
}

function findingLines(finding: Finding, page: Page, now: number): string[] {
  const end = finding.until === undefined ? '' : ` (until ${sayWhen(finding.until, now)})`;
  return [
    item(
      printable(`${finding.effect} · ${finding.rule}: ${finding.message}${end}${exceptedBy(finding)}`),
      page,
    ),
    `    ${printable(finding.next)}`,
  ];
}

/** Where an advisory's fix is still held, that is said, with when it ends: the ways out are to wait, or not to need it. */
function fixLines({ fixes }: Release, now: number): string[] {
  return fixes.map(({ advisory, version, state, until }) => {
    if (version === undefined) return printable(`${advisory}: no release fixes it.`);
    if (state === 'promoted') return printable(`${advisory}: fixed in ${version}, which may be used.`);
    const end = until === undefined ? '' : ` until ${sayWhen(until, now)}`;
    return printable(
      `${advisory}: fixed in ${version}, which is ${state ?? 'not known'}${end}; wait for it, waive the finding for that long, or do without the crate.`,
    );
  });
}

function trustLines({ trust }: Release): string[] {
  if (trust === undefined) return [];
  const lines = trust.lines.map((line) => printable(`${line.part}, ${sayTrustLine(line)}`));
  return [`They score ${trust.score} of 100.`, ...lines];
}

function heading(text: string, page: Page, level: number): string[] {
  const plain = printable(text);
  return page === 'markdown' ? [`${'#'.repeat(level)} ${plain}`, ''] : [paint('bold', plain)];
}

function section(title: string, lines: readonly string[], page: Page): string[] {
  return lines.length === 0 ? [] : ['', ...heading(title, page, 2), ...lines];
}

function item(text: string, page: Page): string {
  return page === 'markdown' ? `- ${text.replaceAll(/[<>`*_|[\]]/g, '\\$&')}` : `  ${text}`;
}

function code(line: string, page: Page): string[] {
  return page === 'markdown' ? ['```sh', line, '```'] : [`    ${line}`];
}
