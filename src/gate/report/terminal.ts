import { counts } from '../../policy/excepted.ts';
import type { Change, ChangeKind, GateFinding, GateVerdict } from '../change.ts';
import { fails } from '../order.ts';
import { advisoryLines } from './advisories.ts';
import { type Alike, type FoldedRule, outlineOf } from './outline.ts';
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
import { wrapped } from './wrap.ts';

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

/** The verdict for eyes at a terminal, line by line: it stands at the beginning and at the end. */
export function terminalLines(verdict: GateVerdict, about: ReportAbout, paint: Paint): string[] {
  const targets = targetsOf(verdict);
  const outline = outlineOf(verdict, about);
  const { width } = about;
  const built = targets.size === 0 ? '' : `, built for ${[...targets].join(', ')}`;
  const compared = about.comparedWith === undefined ? '' : ` compared with ${about.comparedWith}`;
  const line = (text: string, first = 0, next = first) => wrapped(printable(text), width, { first, next });
  const dim = (lines: readonly string[]) => lines.map((each) => paint('dim', each));
  const shown = about.all === true ? outline.others.filter(isWorthALine) : [];
  const summary = wrapped(outline.summary, width, { first: 0, next: 2 }).map((each) =>
    paint(colours[verdict.verdict], each),
  );
  const hidden = about.all === true ? '' : ' `--all` lists them.';
  return [
    ...line(`${about.file}${compared}${built}`).map((each) => paint('bold', each)),
    ...summary,
    ...dim(advisoryLines(verdict.advisories, about.now).flatMap((each) => line(each, 0, 2))),
    ...outline.deciding.flatMap((each) =>
      each.kind === 'alike'
        ? alikeLines(each, paint, width)
        : changeLines(each.change, targets, paint, width),
    ),
    ...section(
      'To do, in this order',
      verdict.commands.map((each) => `  ${printable(each)}`),
      paint,
    ),
    ...section(
      'What it fixes',
      outline.fixes.flatMap(({ change, fixed }) =>
        fixed.flatMap((one) => line(`${nameOf(change)} ${sayFixed(one)}`, 2, 4)),
      ),
      paint,
    ),
    ...section(
      'Warnings, by rule',
      about.all === true ? [] : outline.warnings.flatMap((each) => warningLines(each, paint, width)),
      paint,
    ),
    ...section(
      'Excepted',
      about.all === true
        ? []
        : outline.excepted.flatMap((finding) => findingLines(finding, paint, width, sayAbout(finding), 2)),
      paint,
    ),
    ...section(
      'Worse than before',
      about.all === true
        ? []
        : [
            ...outline.worse.flatMap((finding) => debtLines(finding, paint, width)),
            ...(outline.moreWorse === undefined ? [] : line(outline.moreWorse, 2, 4)),
          ],
      paint,
    ),
    ...shown.flatMap((change) => changeLines(change, targets, paint, width)),
    ...(about.all === true || outline.plain.length === 0
      ? []
      : ['', ...dim(outline.plain.flatMap((each, i) => line(`${each}${i === 0 ? hidden : ''}`, 0, 2)))]),
    ...(outline.debt === undefined
      ? []
      : about.all === true
        ? section(
            'What was there before',
            verdict.debt.flatMap((finding) => debtLines(finding, paint, width)),
            paint,
          )
        : ['', ...dim(line(`${outline.debt}.${outline.plain.length === 0 ? hidden : ''}`, 0, 2))]),
    '',
    ...summary,
  ];
}

/** A whole lockfile has hundreds of packages that nothing is said of. */
function isWorthALine({ kind, findings }: Change): boolean {
  return kind !== 'present' || findings.length > 0;
}

function nameOf(change: Change): string {
  return [signs[change.kind], change.crate, sayVersions(change)].filter((part) => part !== '').join(' ');
}

function changeLines(
  change: Change,
  targets: ReadonlySet<string>,
  paint: Paint,
  width: number | undefined,
): string[] {
  const { crate, why, findings } = change;
  const [first, ...others] = why;
  const more = others.length === 0 ? '' : ` (and ${many(others.length, 'other path')})`;
  const path = first === undefined || first === crate ? [] : [`${first}${more}`];
  return [
    '',
    ...wrapped(printable(nameOf(change)), width, { first: 0, next: 4 }).map((each) => paint('bold', each)),
    ...[...path, ...sayNews(change, targets)].flatMap((each) =>
      wrapped(printable(each), width, { first: 4, next: 6 }).map((part) => paint('dim', part)),
    ),
    ...findings.flatMap((finding) => [
      ...findingLines(finding, paint, width, '', 4),
      ...(fails(finding) ? wrapped(printable(finding.next), width, { first: 8, next: 8 }) : []),
    ]),
  ];
}

/** A line for each, and once what to do where that is the same. */
function alikeLines({ rule, finding, changes }: Alike, paint: Paint, width: number | undefined): string[] {
  const { effect } = finding;
  const own = changes.map((change) => ({ change, finding: change.findings.find(fails) ?? finding }));
  const acts = new Set(own.map((each) => each.finding.next));
  const head = `${effect} · ${rule}: ${changes.length} changes`;
  return [
    '',
    painted(wrapped(head, width, { first: 0, next: 4 }), effect, colours[effect], paint),
    ...own.map((each) =>
      wrapped(printable(`${nameOf(each.change)}: ${each.finding.message}${sayLimits(each.finding)}`), width, {
        first: 4,
        next: 8,
      }),
    ),
    ...(acts.size === 1 ? [wrapped(printable(finding.next), width, { first: 8, next: 8 })] : []),
  ].flat();
}

function warningLines({ rule, line, next }: FoldedRule, paint: Paint, width: number | undefined): string[] {
  return [
    ...wrapped(printable(`${rule}: ${line}`), width, { first: 2, next: 6 }),
    ...(next === undefined ? [] : wrapped(printable(next), width, { first: 6, next: 6 })),
  ].map((each) => paint('dim', each));
}

/** What was there before; with what to do where it got worse. */
function debtLines(finding: GateFinding, paint: Paint, width: number | undefined): string[] {
  const next =
    finding.worse === undefined ? [] : wrapped(printable(finding.next), width, { first: 6, next: 6 });
  return [...findingLines(finding, paint, width, sayAbout(finding), 2), ...next];
}

function findingLines(
  finding: GateFinding,
  paint: Paint,
  width: number | undefined,
  about: string,
  first: number,
): string[] {
  const { effect, rule, message } = finding;
  const subject = about === '' ? '' : `${about}: `;
  const text = printable(`${subject}${effect} · ${rule}: ${message}${sayLimits(finding)}`);
  const colour = counts(finding) ? colours[effect] : 'dim';
  return painted(wrapped(text, width, { first, next: first + 4 }), effect, colour, paint);
}

/** The word of the effect, where it first stands, in its colour. */
function painted(
  lines: readonly string[],
  effect: string,
  colour: Parameters<Paint>[0],
  paint: Paint,
): string[] {
  const at = lines.findIndex((line) => line.includes(`${effect} ·`));
  return lines.map((line, i) =>
    i === at ? line.replace(`${effect} ·`, () => `${paint(colour, effect)} ·`) : line,
  );
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}
