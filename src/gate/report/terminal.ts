import { counts } from '../../policy/excepted.ts';
import type { Change, ChangeKind, GateFinding, GateVerdict } from '../change.ts';
import {
  byWeight,
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

/** Colours text; says it plainly where nobody sees colours. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'yellow' | 'green', text: string) => string;

const signs: Readonly<Record<ChangeKind, string>> = {
  added: '+',
  removed: '-',
  upgraded: '↑',
  downgraded: '↓',
  present: '·',
  source: '⇄',
  checksum: '≠',
  features: '±',
  config: '!',
};

const colours = { deny: 'red', review: 'yellow', hold: 'yellow', warn: 'dim', allow: 'green' } as const;

/** The verdict for eyes at a terminal, line by line; the last line is the summary. */
export function terminalLines(verdict: GateVerdict, about: ReportAbout, paint: Paint): string[] {
  const { changes, debt, commands } = verdict;
  const targets = targetsOf(verdict);
  // A whole lockfile has hundreds of packages that nothing is said of.
  const shown = byWeight(changes).filter(({ kind, findings }) => kind !== 'present' || findings.length > 0);
  const built = targets.size === 0 ? '' : `, built for ${[...targets].join(', ')}`;
  const compared = about.comparedWith === undefined ? '' : ` compared with ${about.comparedWith}`;
  return [
    paint('bold', printable(`${about.file}${compared}${built}`)),
    ...shown.flatMap((change) => changeLines(change, targets, paint)),
    ...section(
      'What was there before',
      debt.map((finding) => `  ${headOf(finding, paint)}`),
      paint,
    ),
    ...section(
      'To do, in this order',
      commands.map((line) => `  ${printable(line)}`),
      paint,
    ),
    '',
    paint(colours[verdict.verdict], summary(verdict)),
  ];
}

function changeLines(change: Change, targets: ReadonlySet<string>, paint: Paint): string[] {
  const { kind, crate, why, findings } = change;
  const name = printable(`${signs[kind]} ${crate} ${sayVersions(change)}`);
  const [first, ...others] = why;
  const more = others.length === 0 ? '' : ` (and ${many(others.length, 'other path')})`;
  const path = first === undefined || first === crate ? [] : [`${first}${more}`];
  return [
    '',
    paint('bold', name),
    ...[...path, ...sayNews(change, targets)].map((line) => `    ${paint('dim', printable(line))}`),
    ...findings.flatMap((finding) => [`    ${said(finding, paint)}`, `        ${printable(finding.next)}`]),
  ];
}

function headOf(finding: GateFinding, paint: Paint): string {
  return `${printable(sayAbout(finding))}: ${said(finding, paint)}`;
}

function said(finding: GateFinding, paint: Paint): string {
  const { effect, rule, message } = finding;
  const colour = counts(finding) ? colours[effect] : 'dim';
  return `${paint(colour, effect)} · ${printable(`${rule}: ${message}${sayLimits(finding)}`)}`;
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}
