import { comparePrecedence, parseVersion, tryParseVersion } from '../cargo/version.ts';
import type { ApprovedKind, KeptApproval } from '../facts/approval.ts';
import type { CodeFact, ReviewedCode, ReviewedLibrary, ReviewedMacros } from '../facts/code.ts';
import type { Family } from '../rust/capability/capability.ts';
import { asksAbout, graveOf, isGrave } from './shapes.ts';

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
  /** Other code, or other files that it can hand on; what it can do beyond what was approved is nothing that is asked about. */
  | {
      readonly kind: 'changed';
      readonly approval: KeptApproval;
      readonly differs: Difference;
      readonly added: readonly string[];
    }
  /** It can do more that is asked about; `grave` are the families of it that no approved code had. */
  | {
      readonly kind: 'grown';
      readonly approval: KeptApproval;
      readonly added: readonly string[];
      readonly grave: readonly Family[];
    }
  /** The approval did not look at the files beside the Rust code yet, and `added` is what those can do. It is asked once. */
  | { readonly kind: 'wider'; readonly approval: KeptApproval; readonly added: readonly string[] }
  /** Of macros: other code around places that nobody can read. */
  | { readonly kind: 'unreadable'; readonly approval: KeptApproval }
  /** Of macros another surface, of a helper other code; it can do no more that is asked about. */
  | { readonly kind: 'surface'; readonly approval: KeptApproval; readonly added: readonly string[] }
  | { readonly kind: 'lapsed'; readonly approval: KeptApproval }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unread'; readonly reason: string };

/** Whether a person is to answer before it runs; what is only other code, and can do nothing graver, is told of. */
export function needsAnswer(standing: Standing): boolean {
  return !['approved', 'carried', 'changed', 'surface'].includes(standing.kind);
}

/** What is other than in the version that was approved. */
export type Difference = 'code' | 'files' | 'code and files';

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
 * code itself, or can do something grave there, by itself or by the files that it hands on. Of others, what they come to be able to
 * do is what counts.
 */
export function helperIn(
  { library, macros }: CodeFact,
  partOf: readonly string[],
): ReviewedLibrary | undefined {
  if (library === undefined || macros !== undefined || partOf.length === 0) return undefined;
  const shapes = [...new Set([...library.shapes, ...(library.byFiles ?? [])])].sort();
  const isAsked = library.tokens !== undefined || shapes.some((shape) => isGrave(shape, 'helper'));
  return isAsked ? { ...library, shapes } : undefined;
}

/** What of a release runs at build time, by its kind. */
export function runningCode(
  code: CodeFact,
  partOf: readonly string[],
): Readonly<Partial<Record<ApprovedKind, ReviewedLibrary>>> {
  const helper = helperIn(code, partOf);
  return {
    ...(code.buildScript === undefined ? {} : { 'build-script': code.buildScript }),
    ...(code.macros === undefined ? {} : { 'proc-macro': code.macros }),
    ...(helper === undefined ? {} : { helper }),
  };
}

/** The version that is judged, and what people approved of its kind of code in any version. */
interface Given {
  readonly version: string;
  readonly approvals: readonly KeptApproval[];
  readonly now: number;
}

function scriptStanding(script: ReviewedCode, given: Given): Standing {
  return standingBy(script, given, {
    isSame: (approval) => approval.tokens === script.tokens && hasSameFiles(approval, script),
    same: (approval) => sameCode(approval, given),
    other: (approval, added) => ({ kind: 'changed', approval, added, differs: differs(approval, script) }),
    code: 'build-script',
  });
}

function macroStanding(macros: ReviewedMacros, given: Given): Standing {
  const isChanged = ({ tokens }: KeptApproval) => tokens !== macros.tokens;
  return standingBy(macros, given, {
    // A release does not change; that more is seen in it by now is no other code.
    isSame: (approval) =>
      hasSameFiles(approval, macros) &&
      (approval.surface === macros.surface || (approval.version === given.version && !isChanged(approval))) &&
      // What nobody can read may hide a change: then the code itself has to be the same.
      (macros.opaque === 0 || !isChanged(approval)),
    same: (approval) => {
      if (!isChanged(approval)) return sameCode(approval, given);
      return approval.version === given.version
        ? { kind: 'surface', approval, added: [] }
        : { kind: 'carried', approval, changed: true };
    },
    other: (approval, added) =>
      macros.opaque > 0 && isChanged(approval)
        ? { kind: 'unreadable', approval }
        : approval.surface === macros.surface
          ? { kind: 'changed', approval, added, differs: differs(approval, macros) }
          : { kind: 'surface', approval, added },
    code: 'proc-macro',
  });
}

function helperStanding(helper: ReviewedLibrary, given: Given): Standing {
  return standingBy(helper, given, {
    // Of what makes no code there is no digest: it is the same where it can do no more.
    isSame: (approval) =>
      approval.tokens === helper.tokens &&
      hasSameFiles(approval, helper) &&
      (helper.tokens !== undefined ||
        approval.version === given.version ||
        askedOf(addedTo(helper, approval), 'helper').length === 0),
    same: (approval) => sameCode(approval, given),
    other: (approval, added) => ({ kind: 'surface', approval, added }),
    code: 'helper',
  });
}

/** Whether an approval was for these files. One that did not look at any is as good as what those can do is harmless. */
function hasSameFiles(approval: KeptApproval, code: ReviewedLibrary): boolean {
  if (approval.files !== undefined) return approval.files === code.files;
  return askedOf(unlooked(approval, code)).length === 0;
}

/** What an approval of the first format could not know: what the files beside the Rust code can do. */
function unlooked(approval: KeptApproval, { byFiles = [] }: ReviewedLibrary): readonly string[] {
  return approval.files === undefined ? addedTo({ shapes: byFiles }, approval) : [];
}

function differs(approval: KeptApproval, { tokens, files }: ReviewedCode): Difference {
  const isOther = approval.files !== undefined && approval.files !== files;
  if (!isOther) return 'code';
  return approval.tokens === tokens ? 'files' : 'code and files';
}

/**
 * What each kind of code is told by: when it is the same as what was approved, and what it is otherwise where it can do
 * no more.
 */
interface By {
  readonly isSame: (approval: KeptApproval) => boolean;
  readonly same: (approval: KeptApproval) => Standing;
  readonly other: (approval: KeptApproval, added: readonly string[]) => Standing;
  readonly code: ApprovedKind;
}

function standingBy(
  reviewed: ReviewedLibrary,
  { version, approvals, now }: Given,
  { isSame, same, other, code }: By,
): Standing {
  const valid = approvals.filter((approval) => !isLapsed(approval, now));
  const equal = preferred(valid.filter(isSame), version);
  if (equal !== undefined) return same(equal);
  const approval = preferred(valid, version);
  if (approval === undefined) return lapsedOrMissing(approvals, version);
  const added = addedTo(reviewed, approval);
  const asked = askedOf(added, code);
  if (asked.length === 0) return other(approval, added);
  const unseen = new Set(unlooked(approval, reviewed));
  if (asked.every((shape) => unseen.has(shape))) return { kind: 'wider', approval, added: asked };
  return {
    kind: 'grown',
    approval,
    added: [...asked, ...added.filter((one) => !asked.includes(one))],
    grave: graveOf(added),
  };
}

function askedOf(shapes: readonly string[], code?: ApprovedKind): readonly string[] {
  return shapes.filter((shape) => asksAbout(shape, code));
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

/** Whether an approval's day was over then (epoch milliseconds). */
export function isLapsed({ expires }: Pick<KeptApproval, 'expires'>, now: number): boolean {
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
