import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GateFinding, GateVerdict } from '../src/gate/change.ts';
import { inOrder } from '../src/gate/order.ts';
import { outlineOf } from '../src/gate/report/outline.ts';
import { printable } from '../src/gate/report/printable.ts';
import { terminalLines } from '../src/gate/report/terminal.ts';
import { counts } from '../src/policy/excepted.ts';
import { type Named, nameOf } from './noise-updates.ts';

/** What a check said of one update. */
export interface Counted {
  readonly named: Named;
  readonly verdict: string;
  /** Packages of the lockfile that differ. */
  readonly changes: number;
  /** Lines of the report on a terminal of 80 columns, and those of them that warnings begin: one for each rule. */
  readonly lines: number;
  readonly folded: number;
  readonly findings: readonly Said[];
}

/** One finding that counts, without what differs from project to project. */
export interface Said {
  readonly rule: string;
  readonly effect: string;
  /** `libc 0.2.175`, or a place in the project. */
  readonly subject: string;
  readonly message: string;
}

/** Whether a reviewer should have seen a finding, and why. */
export interface Label {
  readonly worth: 'yes' | 'no' | '?';
  readonly reason: string;
}

export interface NoiseData {
  updates: readonly Counted[];
  /** By `keyOf` a finding. */
  readonly labels: Map<string, Label>;
}

const folder = join(import.meta.dirname, '../tests/docs/noise');
const files = { updates: join(folder, 'updates.tsv'), findings: join(folder, 'findings.tsv') };

/** What there is in a verdict to be counted. */
export function counted(named: Named, given: GateVerdict): Counted {
  const verdict = inOrder(given);
  const about = { file: 'Cargo.lock', comparedWith: 'HEAD', width: 80 };
  return {
    named,
    verdict: verdict.verdict,
    changes: verdict.changes.length,
    lines: terminalLines(verdict, about, (_style, text) => text).length,
    folded: outlineOf(verdict, about).warnings.length,
    findings: verdict.changes.flatMap(({ findings }) => findings.filter(counts).map(saidOf)),
  };
}

function saidOf({ rule, effect, crate, version, evidence, message }: GateFinding): Said {
  const subject = crate === '' ? (evidence.file ?? 'the project') : `${crate} ${version ?? ''}`.trim();
  return { rule, effect, subject, message: printable(message).slice(0, 300) };
}

/** Two findings of one key are one kind: who read the difference of one has read that of the other. */
export function keyOf({ rule, effect, subject, message }: Said): string {
  return [rule, effect, subject, message].join('\t');
}

/** What stands in the repository. */
export function readData(): NoiseData {
  const labels = new Map<string, Label>();
  const findings = new Map<string, Said[]>();
  for (const [update = '', rule = '', effect = '', subject = '', message = '', worth, reason = ''] of rows(
    files.findings,
  )) {
    const said = { rule, effect, subject, message };
    findings.set(update, [...(findings.get(update) ?? []), said]);
    labels.set(keyOf(said), { worth: worth === 'yes' || worth === 'no' ? worth : '?', reason });
  }
  const updates = rows(files.updates).map(
    ([kind, crate = '', from = '', to = '', project = '', verdict = '', changes, lines, folded]): Counted => {
      const named = { kind: kind === 'release' ? 'release' : 'one crate', crate, from, to, project } as const;
      const numbers = { changes: Number(changes), lines: Number(lines), folded: Number(folded) };
      return { named, verdict, ...numbers, findings: findings.get(nameOf(named)) ?? [] };
    },
  );
  return { updates, labels };
}

/** Writes both files, sorted; what has no label gets a `?`. */
export function writeData({ updates, labels }: NoiseData): void {
  mkdirSync(folder, { recursive: true });
  const sorted = updates.toSorted((a, b) => order(a.named, b.named));
  const lines = sorted.map(({ named: { kind, crate, from, to, project }, verdict, changes, lines, folded }) =>
    [kind, crate, from, to, project, verdict, changes, lines, folded].join('\t'),
  );
  const found = sorted.flatMap(({ named, findings }) =>
    findings.map((said) => {
      const { worth, reason } = labels.get(keyOf(said)) ?? { worth: '?', reason: '' };
      return [nameOf(named), keyOf(said), worth, reason].join('\t');
    }),
  );
  writeFileSync(files.updates, `${[heads.updates, ...lines].join('\n')}\n`);
  writeFileSync(files.findings, `${[heads.findings, ...found].join('\n')}\n`);
}

const heads = {
  updates: '# kind\tcrate\tfrom\tto\tproject\tverdict\tchanges\tlines\tfolded',
  findings: '# update\trule\teffect\tsubject\tmessage\tworth\treason',
};

function order(a: Named, b: Named): number {
  const [first, second] = [`${a.kind} ${nameOf(a)}`, `${b.kind} ${nameOf(b)}`];
  return first < second ? -1 : first > second ? 1 : 0;
}

function rows(path: string): readonly string[][] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
}
