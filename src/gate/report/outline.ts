import { counts } from '../../policy/excepted.ts';
import type { Change, ChangeKind, FixedAdvisory, GateFinding, GateVerdict } from '../change.ts';
import { fails, strictestOf } from '../order.ts';
import { many, type ReportAbout, sayUntil } from './plain.ts';

/**
 * What a report says of a verdict, in its order: the verdict with its counts, what must be decided, what is fixed, warnings by
 * rule, plain changes as numbers, what was there before as a number. The terminal and the comment on a pull request both print
 * just this.
 */
export interface Outline {
  /** The verdict and the counts, one line. */
  readonly summary: string;
  /** What must be decided, in full, the strictest first. */
  readonly deciding: readonly Decided[];
  readonly fixes: readonly { readonly change: Change; readonly fixed: readonly FixedAdvisory[] }[];
  /** Warnings on what is not among `deciding`, by rule, the commonest last. */
  readonly warnings: readonly FoldedRule[];
  /** Findings that an exception, an answer or a waiver takes the weight of. */
  readonly excepted: readonly GateFinding[];
  /** Changes that nothing is said of, with the project's own packages apart; a line each. */
  readonly plain: readonly string[];
  /** All changes that are neither decided on in full nor alike; printed where everything is asked for. */
  readonly others: readonly Change[];
  /** What was there before and matters more from now on; of very many the strictest, with a line on the rest. */
  readonly worse: readonly GateFinding[];
  readonly moreWorse: string | undefined;
  /** What was there before, as a line; `undefined` where there is nothing. */
  readonly debt: string | undefined;
}

/** A change that fails, or many that fail in one way, each a line then: by what they say in common. */
export type Decided = { readonly kind: 'change'; readonly change: Change } | Alike;

/** Changes that fail for the same reason and want the same. */
export interface Alike {
  readonly kind: 'alike';
  readonly rule: string;
  readonly finding: GateFinding;
  readonly changes: readonly Change[];
}

/** Warnings of one rule. */
export interface FoldedRule {
  readonly rule: string;
  readonly findings: readonly GateFinding[];
  /** What to say of them in one line, without their subjects where they are several. */
  readonly line: string;
  /** The act that answers all of them, where one does. */
  readonly next: string | undefined;
}

/** More than this many changes that fail in one way are told of together. */
const maxAlike = 5;

/** Folds a verdict, whose order it keeps. */
export function outlineOf(verdict: GateVerdict, about: ReportAbout): Outline {
  const { changes, debt } = verdict;
  const failing = changes.filter(({ findings }) => findings.some(fails));
  const others = changes.filter(({ findings }) => !findings.some(fails));
  const said = others.flatMap(({ findings }) => findings);
  return {
    summary: summaryOf(verdict, failing.length),
    deciding: gathered(failing),
    fixes: others.flatMap((change) =>
      change.fixes === undefined || change.fixes.length === 0 ? [] : [{ change, fixed: change.fixes }],
    ),
    warnings: foldedRules(
      said.filter((finding) => counts(finding)),
      verdict.adopted === false,
    ),
    excepted: said.filter((finding) => !counts(finding)),
    plain: plainLines(others, about),
    others,
    ...worseOf(debt),
    debt: debtLine(debt),
  };
}

/** Changes that fail by one rule alone as one, where there are many of them; the others as they are. */
function gathered(failing: readonly Change[]): readonly Decided[] {
  const keyOf = (change: Change) => {
    const own = change.findings.filter(fails);
    const [first] = own;
    return first !== undefined && own.length === 1 && (change.fixes ?? []).length === 0
      ? JSON.stringify([first.rule, first.effect])
      : undefined;
  };
  const alike = [...Map.groupBy(failing, keyOf)].flatMap(([key, changes]): Alike[] => {
    const finding = changes[0]?.findings.find(fails);
    if (key === undefined || finding === undefined || changes.length <= maxAlike) return [];
    return [{ kind: 'alike', rule: finding.rule, finding, changes }];
  });
  const told = new Set(alike.flatMap(({ changes }) => changes));
  const alone = failing.filter((change) => !told.has(change));
  // Of one effect, what is told in full stands before what is told together.
  return effects.flatMap((effect): Decided[] => [
    ...alone
      .filter(({ findings }) => strictestOf(findings) === effect)
      .map((change) => ({ kind: 'change', change }) as const),
    ...alike.filter(({ finding }) => finding.effect === effect),
  ]);
}

const effects = ['deny', 'review', 'hold', 'warn'] as const;

/** Subjects that are named of the warnings of one rule. */
const maxNamed = 6;

function foldedRules(findings: readonly GateFinding[], isWithoutList: boolean): readonly FoldedRule[] {
  const groups = [...Map.groupBy(findings, ({ rule }) => rule)];
  return groups
    .sort(([, a], [, b]) => a.length - b.length)
    .map(([rule, list]) => ({
      rule,
      findings: list,
      line: foldedLine(rule, list, isWithoutList),
      next: isSaidInLine(rule, list, isWithoutList) ? undefined : nextOf(list),
    }));
}

/** What answers all of them, where that is one act. */
function nextOf(list: readonly GateFinding[]): string | undefined {
  const [next, ...others] = new Set(list.map((finding) => finding.next));
  return others.length === 0 ? next : undefined;
}

/** Code of packages that runs at build time, where nobody keeps a list of what was approved: the line says how to begin one. */
function isSaidInLine(rule: string, list: readonly GateFinding[], isWithoutList: boolean): boolean {
  return isWithoutList && rule === 'build-code' && list.every(({ crate }) => crate !== '');
}

function foldedLine(rule: string, list: readonly GateFinding[], isWithoutList: boolean): string {
  const [first] = list;
  if (first === undefined) return '';
  if (isSaidInLine(rule, list, isWithoutList)) {
    const what = `${many(list.length, 'package')} ${list.length === 1 ? 'runs' : 'run'} other code at build time than before`;
    return `${what}, and this project keeps no list of what was approved (begin one with \`safeguard allow seed\`): ${named(list)}`;
  }
  if (list.length === 1) return `${subjectOf(first)}: ${first.message}`;
  const messages = new Set(list.map(({ message }) => message));
  const common = messages.size === 1 ? ` ${first.message}` : '';
  return `${list.length} warnings: ${named(list)}.${common}`;
}

function named(list: readonly GateFinding[]): string {
  const subjects = [...new Set(list.map(subjectOf))];
  const more = subjects.length - maxNamed;
  return more > 0 ? `${subjects.slice(0, maxNamed).join(', ')} and ${more} more` : subjects.join(', ');
}

function subjectOf({ crate, version, evidence }: GateFinding): string {
  if (crate !== '') return `${crate} ${version ?? ''}`.trim();
  return [evidence.file, evidence.line].filter((part) => part !== undefined).join(':') || 'the project';
}

/** What the project is made of itself: no registry and no repository has it. */
function isOwn({ kind, fromSource, toSource }: Change): boolean {
  return kind !== 'config' && kind !== 'features' && fromSource === undefined && toSource === undefined;
}

const words: Readonly<Record<ChangeKind, string>> = {
  added: 'added',
  removed: 'removed',
  upgraded: 'upgraded',
  downgraded: 'downgraded',
  present: 'there',
  source: 'from another source',
  checksum: 'with another checksum',
  features: 'with other features',
  config: 'files changed',
};

function plainLines(others: readonly Change[], { comparedWith }: ReportAbout): readonly string[] {
  const quiet = others.filter(({ findings }) => findings.length === 0);
  if (comparedWith === undefined) return [];
  const own = quiet.filter(isOwn);
  const rest = quiet.filter((change) => !isOwn(change));
  const counted = [...Map.groupBy(rest, ({ kind }) => kind)].map(
    ([kind, list]) => `${list.length} ${words[kind]}${kind === 'upgraded' ? '' : ` (${namedChanges(list)})`}`,
  );
  return [
    ...(counted.length === 0 ? [] : [`Nothing to say of the rest: ${counted.join(', ')}.`]),
    ...(own.length === 0 ? [] : [`${many(own.length, 'package')} of the project’s own changed.`]),
  ];
}

/** What comes and goes is worth its names, where another version is only a number. */
function namedChanges(list: readonly Change[]): string {
  const names = list.slice(0, maxNamed).map(({ crate, to, from }) => `${crate} ${to ?? from ?? ''}`.trim());
  const more = list.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

/** Findings that are listed of what got worse. */
const maxWorse = 8;

function worseOf(debt: readonly GateFinding[]): Pick<Outline, 'worse' | 'moreWorse'> {
  const all = debt.filter(({ worse }) => worse !== undefined);
  const more = all.length - maxWorse;
  return {
    worse: all.slice(0, maxWorse),
    moreWorse: more > 0 ? `And ${more} more; \`safeguard check --all\` lists them.` : undefined,
  };
}

function debtLine(debt: readonly GateFinding[]): string | undefined {
  if (debt.length === 0) return undefined;
  const counted = effects.flatMap((effect) => {
    const count = debt.filter((finding) => finding.effect === effect).length;
    return count === 0 ? [] : [`${count} ${effect}`];
  });
  return `${many(debt.length, 'finding')} on what was there before (${counted.join(', ')})`;
}

/** The verdict with its numbers, one sentence. */
function summaryOf({ verdict, until, changes, debt }: GateVerdict, failing: number): string {
  const isWhole =
    changes.some(({ kind }) => kind === 'present') &&
    changes.every(({ kind }) => kind === 'present' || kind === 'config');
  const what = isWhole ? wholeOf(changes) : many(changes.length, 'change');
  const end = until === undefined ? '' : ` until ${sayUntil(until)}`;
  const passing =
    failing === 0
      ? `${what}, nothing against it`
      : `${failing} of ${what} may not enter as ${failing === 1 ? 'it is' : 'they are'}`;
  const warnings = changes
    .flatMap(({ findings }) => findings)
    .filter((finding) => !fails(finding) && counts(finding)).length;
  const fixed = new Set(changes.flatMap(({ fixes = [] }) => fixes.map(({ id }) => id))).size;
  return [
    `${verdict}${end}: ${passing}`,
    ...(warnings === 0 ? [] : [many(warnings, 'warning')]),
    ...(fixed === 0 ? [] : [`fixes ${fixed === 1 ? '1 advisory' : `${fixed} advisories`}`]),
    ...(debt.length === 0
      ? []
      : [`${many(debt.length, 'finding')} on what was there before${sayWorse(debt)}`]),
  ]
    .join('; ')
    .concat('.');
}

/** What of the project was looked at: a finding on a file is about no package. */
function wholeOf(changes: readonly Change[]): string {
  const files = new Set(changes.flatMap(({ kind, crate }) => (kind === 'config' ? [crate] : [])));
  const packages = changes.filter(({ kind }) => kind !== 'config').length;
  return [many(packages, 'package'), ...(files.size === 0 ? [] : [many(files.size, 'file')])].join(' and ');
}

function sayWorse(debt: readonly GateFinding[]): string {
  const count = debt.filter(({ worse }) => worse !== undefined).length;
  return count === 0 ? '' : `, ${count} of them worse now`;
}
