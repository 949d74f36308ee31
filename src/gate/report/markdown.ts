import type { Change, GateFinding, GateVerdict } from '../change.ts';
import {
  byWeight,
  fails,
  many,
  printable,
  type ReportAbout,
  sayAbout,
  sayLimits,
  sayNews,
  sayVersions,
  summary,
  targetsOf,
} from './plain.ts';

/** A comment of a code host has room for 65,536 characters. */
const longest = 60_000;

/**
 * The verdict as a comment on a pull request. Its first line is a marker that no reader sees: whoever posts it looks for a
 * comment that begins with that line, and replaces it.
 */
export function markdownLines(verdict: GateVerdict, about: ReportAbout): string[] {
  const { changes, debt, commands } = verdict;
  const targets = targetsOf(verdict);
  const failing = byWeight(changes).filter(({ findings }) => findings.some(fails));
  const others = byWeight(changes).filter((change) => !failing.includes(change));
  const remarked = others.filter(({ kind, findings }) => kind !== 'present' || findings.length > 0);
  const compared = about.comparedWith === undefined ? '' : `, compared with ${escaped(about.comparedWith)}`;
  const built = targets.size === 0 ? '' : `, built for ${escaped([...targets].join(', '))}`;
  return within([
    marker(about.file),
    `### Safeguard: ${summaryOf(verdict)}`,
    '',
    `Of ${escaped(about.file)}${compared}${built}.`,
    ...failing.flatMap((change) => ['', ...changeLines(change, targets)]),
    ...(commands.length === 0
      ? []
      : ['', 'To do, in this order:', '', '```sh', ...commands.map(plainCode), '```']),
    ...folded(
      many(remarked.length, failing.length === 0 ? 'change' : 'other change'),
      remarked.flatMap((change) => changeLines(change, targets)),
    ),
    ...folded(
      `${many(debt.length, 'finding')} on what was there before`,
      debt.map((finding) => `- ${code(sayAbout(finding))} ${said(finding)}`),
    ),
    '',
    `<sub>Policy ${verdict.policy.slice(0, 12)}. \`safeguard check --explain RULE\` says what is behind a finding and how to ask for a waiver.</sub>`,
  ]);
}

/** What a comment begins with, so that it is found again. */
export function marker(file: string): string {
  return `<!-- safeguard check: ${printable(file).replaceAll(/[-<>]{2,}|[<>]/g, '-')} -->`;
}

function summaryOf(verdict: GateVerdict): string {
  return escaped(summary(verdict)).replace(/^\w+/, '**$&**');
}

function changeLines(change: Change, targets: ReadonlySet<string>): string[] {
  const { kind, crate, why, findings } = change;
  const paths = why.filter((path) => path !== crate).map((path) => `  - ${escaped(path)}`);
  return [
    `- ${kind === 'present' ? '' : `${kind} `}${code(crate)} ${escaped(sayVersions(change))}`,
    ...sayNews(change, targets).map((line) => `  - ${escaped(line)}`),
    ...paths.slice(0, 3),
    ...findings.flatMap((finding) => [`  - ${said(finding)}`, `    ${nextOf(finding)}`]),
  ];
}

function said(finding: GateFinding): string {
  const { effect, rule, message } = finding;
  return `**${effect}** · ${code(rule)}: ${prose(`${message}${sayLimits(finding)}`)}`;
}

function nextOf({ next }: GateFinding): string {
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

function within(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let size = 0;
  let open = 0;
  for (const line of lines) {
    size += line.length + 1;
    if (size > longest) {
      const rest = open > 0 ? ['', '</details>'] : [];
      return [...kept, ...rest, '', 'There is more than a comment has room for: run `safeguard check`.'];
    }
    if (line === '<details>') open++;
    if (line === '</details>') open--;
    kept.push(line);
  }
  return kept;
}
