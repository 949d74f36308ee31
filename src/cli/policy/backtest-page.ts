import { sayDuration } from '../../policy/duration.ts';
import type { BacktestReport, GoodReleases, JudgedAttack } from '../../registry/backtest/tally.ts';
import { table } from '../shared/table.ts';
import { printable } from '../shared/terminal.ts';

/** A backtest as a page that a person reads, line by line. */
export function backtestLines(report: BacktestReport): string[] {
  const { releases, good, bad, attacks } = report;
  const left =
    releases.undated === 0 ? '' : `; ${count(releases.undated)} without a publication time left out`;
  const bytes = count(releases.replayed - releases.byIndexLine);
  return [
    `Policy ${report.policy.slice(0, 12)}, from ${report.since.slice(0, 10)} to ${report.until.slice(0, 10)}.`,
    `${count(report.crates)} crates, ${count(releases.replayed)} releases (${bytes} by their bytes, the others by their index line${left}).`,
    ...section('Good releases', outcomeLines(good)),
    ...section('Rules, by what they said of good releases at publication', ruleLines(good)),
    ...section('Good releases that are denied or wait for a person', stoppedLines(good)),
    ...section(
      'Malicious releases in the mirror’s records',
      table(
        ['release', 'advisory', 'at publication', 'let in'],
        bad.map(({ release, advisory, first, letIn }) => [
          printable(release),
          advisory,
          first,
          letIn ?? 'never',
        ]),
      ),
      bad.length,
    ),
    ...section(
      'Attacks that advisories tell of, on their day, as if nobody had found out',
      attackLines(attacks),
      attacks.length,
    ),
  ];
}

/** Rows of the longer lists; `--format json` has all. */
const most = 20;

function outcomeLines(good: GoodReleases): string[] {
  const { delay } = good;
  const said =
    delay === null
      ? ''
      : `half of them at most ${sayDuration(delay.median)}, 90 % ${sayDuration(delay.percentile90)}, 99 % ` +
        `${sayDuration(delay.percentile99)}, the longest ${sayDuration(delay.longest)}`;
  return table(
    [],
    [
      ['let in at once', count(good.atOnce)],
      ['delayed', count(good.delayed), said],
      ['still held', count(good.stillHeld)],
      ['held without an end', count(good.heldWithoutEnd)],
      ['wait for a person', count(good.review)],
      ['denied', count(good.denied)],
    ],
  );
}

function ruleLines({ rules }: GoodReleases): string[] {
  const rows = Object.entries(rules).map(([rule, said]) => [
    rule,
    ...(['warn', 'hold', 'review', 'deny'] as const).map((effect) => count(said[effect])),
  ]);
  return rows.length === 0 ? [] : table(['rule', 'warn', 'hold', 'review', 'deny'], rows);
}

function stoppedLines({ stopped }: GoodReleases): string[] {
  const byReason = Map.groupBy(stopped, ({ decision, rules }) => `${decision}: ${rules.join(', ')}`);
  const rows = [...byReason].sort(([, a], [, b]) => b.length - a.length).slice(0, most);
  return table(
    [],
    rows.map(([reason, releases]) => {
      const crates = [...new Set(releases.map(({ release }) => release.split('@')[0] ?? release))];
      const more = crates.length > 5 ? ` and ${crates.length - 5} crates more` : '';
      return [count(releases.length), reason, printable(crates.slice(0, 5).join(', ') + more)];
    }),
  );
}

function attackLines(attacks: readonly JudgedAttack[]): string[] {
  const stopped = attacks.filter(({ decision }) => decision !== 'allow').length;
  const unaided = attacks.filter(({ letInAfter }) => letInAfter === undefined).length;
  return [
    `${stopped} of ${attacks.length} are held or stopped; ${unaided} of them until a person lets them in.`,
    ...table(
      ['crate', 'advisory', 'what', 'verdict', 'by', 'let in after'],
      attacks.map(({ crate, advisory, kind, decision, rules, letInAfter }) => [
        printable(crate),
        advisory,
        kind === 'new-crate' ? 'new crate' : 'new release',
        decision,
        rules.join(', '),
        letInAfter === undefined ? 'never' : letInAfter === 0 ? 'at once' : sayDuration(letInAfter),
      ]),
    ),
  ];
}

function section(title: string, lines: readonly string[], rows = lines.length): string[] {
  return rows === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function count(number: number): string {
  return number.toLocaleString('en');
}
