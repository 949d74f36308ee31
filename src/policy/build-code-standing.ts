import { comparePrecedence, parseVersion, tryParseVersion } from '../cargo/version.ts';
import type { ApprovedKind, KeptApproval } from '../facts/approval.ts';
import type { CodeFact, ReviewedCode, ReviewedLibrary, ReviewedMacros } from '../facts/code.ts';
import type { Family } from '../rust/capability/capability.ts';
import { graveOf, type Topic, topicOf } from './shapes.ts';

/** How the kinds of code are called in sentences about a release. */
export const codeWords: Readonly<Record<ApprovedKind, string>> = {
  'build-script': 'build script',
  'proc-macro': 'macros',
  helper: 'library',
};

/** Whose macros or build script a library is a part of, in words. */
export function sayParts(partOf: readonly string[]): string {
  const shown = partOf.slice(0, maxParts).join(', ');
  const more = partOf.length > maxParts ? ` and ${partOf.length - maxParts} more` : '';
  return `what ${shown}${more} ${partOf.length === 1 ? 'runs' : 'run'} at build time`;
}

const maxParts = 3;

/** How code that runs at build time stands to what people approved. */
export type Standing =
  /** This very version. */
  | { readonly kind: 'approved'; readonly approval: KeptApproval }
  /** Another version, from which nothing relevant differs; `changed` where its code does all the same. */
  | { readonly kind: 'carried'; readonly approval: KeptApproval; readonly changed: boolean }
  /** Of a build script: other code that can do no more. */
  | { readonly kind: 'changed'; readonly approval: KeptApproval }
  /** It can do more; `grave` are the families of it that no approved code had. */
  | {
      readonly kind: 'grown';
      readonly approval: KeptApproval;
      readonly added: readonly string[];
      readonly grave: readonly Family[];
    }
  /** Of macros another surface, of a helper other code; it can do no more. */
  | { readonly kind: 'surface'; readonly approval: KeptApproval }
  | { readonly kind: 'lapsed'; readonly approval: KeptApproval }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unread'; readonly reason: string };

/** One kind of code of a release, and how it stands. */
export interface CodeStanding {
  readonly code: ApprovedKind;
  readonly standing: Standing;
}

/**
 * How the code of a release stands: its build script, its macros, and its library where that is a part of what `partOf` run
 * at build time. `now` is in epoch milliseconds.
 */
export function standingsOf(
  code: CodeFact,
  version: string,
  approvals: readonly KeptApproval[],
  now: number,
  partOf: readonly string[] = [],
): readonly CodeStanding[] {
  const { buildScript, macros, library, unread, tier } = code;
  if (unread !== undefined && tier !== 'standard' && buildScript === undefined && macros === undefined)
    return [{ code: 'proc-macro', standing: { kind: 'unread', reason: unread } }];
  const helper = helperIn(code, partOf);
  const of = (kind: ApprovedKind): Given => ({
    version,
    now,
    approvals: approvals.filter((approval) => approval.kind === kind),
  });
  const standings: CodeStanding[] = [];
  if (buildScript !== undefined)
    standings.push({ code: 'build-script', standing: scriptStanding(buildScript, of('build-script')) });
  if (macros !== undefined)
    standings.push({ code: 'proc-macro', standing: macroStanding(macros, of('proc-macro')) });
  if (partOf.length > 0 && macros === undefined && library === undefined && unread !== undefined)
    standings.push({ code: 'helper', standing: { kind: 'unread', reason: unread } });
  if (helper !== undefined)
    standings.push({ code: 'helper', standing: helperStanding(helper, of('helper')) });
  return standings;
}

/**
 * The library of a release that is a part of what others run at build time, where a person is to answer for it: it makes
 * code itself, or can do something grave. Of others, what they come to be able to do is what counts.
 */
export function helperIn(
  { library, macros }: CodeFact,
  partOf: readonly string[],
): ReviewedLibrary | undefined {
  if (library === undefined || macros !== undefined || partOf.length === 0) return undefined;
  const isGrave = library.shapes.some((shape) => graveTopics.has(topicOf(shape)));
  return library.tokens !== undefined || isGrave ? library : undefined;
}

const graveTopics: ReadonlySet<Topic | undefined> = new Set(['network', 'process', 'hidden-code', 'secrets']);

/** The version that is judged, and what people approved of its kind of code in any version. */
interface Given {
  readonly version: string;
  readonly approvals: readonly KeptApproval[];
  readonly now: number;
}

function scriptStanding(script: ReviewedCode, given: Given): Standing {
  return standingBy(script, given, {
    isSame: ({ tokens }) => tokens === script.tokens,
    same: (approval) => sameCode(approval, given),
    other: 'changed',
  });
}

function macroStanding(macros: ReviewedMacros, given: Given): Standing {
  const isChanged = ({ tokens }: KeptApproval) => tokens !== macros.tokens;
  return standingBy(macros, given, {
    // What nobody can read may hide a change: then the code itself has to be the same.
    isSame: (approval) =>
      approval.surface === macros.surface && (macros.opaque === 0 || !isChanged(approval)),
    same: (approval) => {
      if (!isChanged(approval)) return sameCode(approval, given);
      return approval.version === given.version
        ? { kind: 'surface', approval }
        : { kind: 'carried', approval, changed: true };
    },
    other: 'surface',
  });
}

function helperStanding(helper: ReviewedLibrary, given: Given): Standing {
  return standingBy(helper, given, {
    // Of what makes no code there is no digest: it is the same where it can do no more.
    isSame: (approval) => approval.tokens === helper.tokens && addedTo(helper, approval).length === 0,
    same: (approval) => sameCode(approval, given),
    other: 'surface',
  });
}

/** What each kind of code is told by: when it is the same as what was approved, and what it is otherwise where it can do no more. */
interface By {
  readonly isSame: (approval: KeptApproval) => boolean;
  readonly same: (approval: KeptApproval) => Standing;
  readonly other: 'changed' | 'surface';
}

function standingBy(
  code: Pick<ReviewedCode, 'shapes'>,
  { version, approvals, now }: Given,
  { isSame, same, other }: By,
): Standing {
  const valid = approvals.filter((approval) => !isLapsed(approval, now));
  const equal = preferred(valid.filter(isSame), version);
  if (equal !== undefined) return same(equal);
  const approval = preferred(valid, version);
  if (approval === undefined) return lapsedOrMissing(approvals, version);
  const added = addedTo(code, approval);
  if (added.length === 0) return { kind: other, approval };
  return { kind: 'grown', approval, added, grave: graveOf(added) };
}

function sameCode(approval: KeptApproval, { version }: Given): Standing {
  return approval.version === version
    ? { kind: 'approved', approval }
    : { kind: 'carried', approval, changed: false };
}

function lapsedOrMissing(approvals: readonly KeptApproval[], version: string): Standing {
  const approval = preferred(approvals, version);
  return approval === undefined ? { kind: 'missing' } : { kind: 'lapsed', approval };
}

/** What it can do that was not approved. */
function addedTo(
  { shapes }: Pick<ReviewedCode, 'shapes'>,
  { capabilities }: KeptApproval,
): readonly string[] {
  const before = new Set(capabilities);
  return shapes.filter((shape) => !before.has(shape));
}

function isLapsed({ expires }: KeptApproval, now: number): boolean {
  return expires !== undefined && Date.parse(expires) <= now;
}

/** The approval that says most of a version: of itself, else of the newest before it, else of the newest. */
function preferred(approvals: readonly KeptApproval[], version: string): KeptApproval | undefined {
  const exact = approvals.find((approval) => approval.version === version);
  if (exact !== undefined) return exact;
  const own = parseVersion(version);
  const sorted = approvals
    .flatMap((approval) => {
      const parsed = tryParseVersion(approval.version);
      return parsed === undefined ? [] : [{ approval, parsed }];
    })
    .sort((a, b) => comparePrecedence(b.parsed, a.parsed));
  return (sorted.find(({ parsed }) => comparePrecedence(parsed, own) < 0) ?? sorted[0])?.approval;
}
