import type { Change, GateFinding, GateVerdict } from '../change.ts';
import { fails } from '../order.ts';
import { advisoryLines } from './advisories.ts';
import { type Alike, outlineOf } from './outline.ts';
import {
  many,
  type ReportAbout,
  sayAbout,
  sayFixed,
  sayLimits,
  sayNews,
  sayVersions,
  targetsOf,
} from './plain.ts';
import { printable } from './printable.ts';

/** A comment of a code host has room for 65,536 characters. */
const longest = 60_000;

/**
 * The verdict as a comment on a pull request. Its first line is a marker that no reader sees: whoever posts it looks for a
 * comment that begins with that line, and replaces it.
 */
export function markdownLines(verdict: GateVerdict, about: ReportAbout): string[] {
  const { debt, commands } = verdict;
  const targets = targetsOf(verdict);
  const outline = outlineOf(verdict, about);
  const compared = about.comparedWith === undefined ? '' : `, compared with ${escaped(about.comparedWith)}`;
  const built = targets.size === 0 ? '' : `, built for ${escaped([...targets].join(', '))}`;
  const remarked = outline.others.filter(({ kind, findings }) => kind !== 'present' || findings.length > 0);
  const summary = summaryOf(outline.summary);
  return within(
    [
      marker(about.file),
      `### Safeguard: ${summary}`,
      '',
      `Of ${escaped(about.file)}${compared}${built}.`,
      ...advisoryLines(verdict.advisories, about.now).map(escaped),
      ...outline.deciding.flatMap((each) => [
        '',
        ...(each.kind === 'alike' ? alikeLines(each) : changeLines(each.change, targets)),
      ]),
      ...(commands.length === 0
        ? []
        : ['', 'To do, in this order:', '', '```sh', ...commands.map(plainCode), '```']),
      ...listed(
        'What it fixes:',
        outline.fixes.flatMap(({ change, fixed }) =>
          fixed.map((one) => `- ${titleOf(change)} ${escaped(sayFixed(one))}`),
        ),
      ),
      ...listed(
        'Warnings, by rule:',
        outline.warnings.flatMap(({ rule, line, next }) => [
          `- ${code(rule)}: ${prose(line)}`,
          ...(next === undefined ? [] : [`  ${actOf(next)}`]),
        ]),
      ),
      ...listed(
        'Excepted:',
        outline.excepted.map((finding) => `- ${code(sayAbout(finding))} ${said(finding)}`),
      ),
      ...listed('Worse than before:', [
        ...outline.worse.flatMap(debtLines),
        ...(outline.moreWorse === undefined ? [] : [`- ${prose(outline.moreWorse)}`]),
      ]),
      ...(outline.plain.length === 0 ? [] : ['', ...outline.plain.map(escaped)]),
      ...folded(
        many(remarked.length, outline.deciding.length === 0 ? 'change' : 'other change'),
        remarked.flatMap((change) => changeLines(change, targets)),
      ),
      ...folded(outline.debt ?? '', debt.flatMap(debtLines)),
    ],
    ['', `Safeguard: ${summary}`, '', `<sub>Policy ${verdict.policy.slice(0, 12)}. ${explain}</sub>`],
  );
}

const explain = '`safeguard check --explain RULE` says what is behind a finding and how to ask for a waiver.';

/** What a comment begins with, so that it is found again. */
export function marker(file: string): string {
  return `<!-- safeguard check: ${printable(file).replaceAll(/[-<>]{2,}|[<>]/g, '-')} -->`;
}

function summaryOf(summary: string): string {
  return escaped(summary).replace(/^\w+/, '**$&**');
}

function titleOf(change: Change): string {
  const { kind, crate } = change;
  return [kind === 'present' ? '' : kind, code(crate), escaped(sayVersions(change))]
    .filter((part) => part !== '')
    .join(' ');
}

function changeLines(change: Change, targets: ReadonlySet<string>): string[] {
  const { crate, why, findings } = change;
  const paths = why.filter((path) => path !== crate).map((path) => `  - ${escaped(path)}`);
  return [
    `- ${titleOf(change)}`,
    ...sayNews(change, targets).map((line) => `  - ${escaped(line)}`),
    ...paths.slice(0, 3),
    ...findings.flatMap((finding) => [
      `  - ${said(finding)}`,
      ...(fails(finding) ? [`    ${actOf(finding.next)}`] : []),
    ]),
  ];
}

function alikeLines({ rule, finding, changes }: Alike): string[] {
  const own = changes.map((change) => ({ change, finding: change.findings.find(fails) ?? finding }));
  const acts = new Set(own.map((each) => each.finding.next));
  return [
    `**${finding.effect}** · ${code(rule)}: ${changes.length} changes`,
    ...own.map(
      (each) => `- ${titleOf(each.change)}: ${prose(`${each.finding.message}${sayLimits(each.finding)}`)}`,
    ),
    ...(acts.size === 1 ? ['', actOf(finding.next)] : []),
  ];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, '', ...lines];
}

function said(finding: GateFinding): string {
  const { effect, rule, message } = finding;
  return `**${effect}** · ${code(rule)}: ${prose(`${message}${sayLimits(finding)}`)}`;
}

/** What was there before; with what to do where it got worse. */
function debtLines(finding: GateFinding): string[] {
  const line = `- ${code(sayAbout(finding))} ${said(finding)}`;
  return finding.worse === undefined ? [line] : [line, `  ${actOf(finding.next)}`];
}

function actOf(next: string): string {
  return next.startsWith('cargo ') ? code(next) : prose(next);
}

function folded(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['', '<details>', `<summary>${escaped(title)}</summary>`, '', ...lines, '', '</details>'];
}

/** Nothing from outside is markup, mentions anybody, or becomes a link. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@<!-- -->')
    .replaceAll('://', ':<!-- -->//')
    .replaceAll(/\bwww\./gi, 'www<!-- -->.');
}

/** A sentence, in which what stands between backticks is code. */
function prose(text: string): string {
  return printable(text)
    .split(/`([^`]{1,120})`/)
    .map((part, i) => (i % 2 === 1 ? code(part) : escaped(part)))
    .join('');
}

/** A code span whose fence is longer than any run of backticks in it. */
function code(text: string): string {
  const plain = printable(text);
  const longestRun = Math.max(0, ...(plain.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longestRun + 1);
  const pad = longestRun > 0 ? ' ' : '';
  return `${fence}${pad}${plain}${pad}${fence}`;
}

function plainCode(line: string): string {
  return printable(line).replaceAll('`', "'");
}

/** Keeps as many lines as there is room for; the last ones are always there. */
function within(lines: readonly string[], last: readonly string[]): string[] {
  const room = longest - last.reduce((sum, line) => sum + line.length + 1, 0);
  const kept: string[] = [];
  let size = 0;
  let open = 0;
  for (const line of lines) {
    size += line.length + 1;
    if (size > room) {
      const rest = open > 0 ? ['', '</details>'] : [];
      kept.push(...rest, '', 'There is more than a comment has room for: run `safeguard check --all`.');
      break;
    }
    if (line === '<details>') open++;
    if (line === '</details>') open--;
    kept.push(line);
  }
  return [...kept, ...last];
}
