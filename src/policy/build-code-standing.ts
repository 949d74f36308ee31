import { comparePrecedence, parseVersion, tryParseVersion } from '../cargo/version.ts';
import type { ApprovedKind, KeptApproval } from '../facts/approval.ts';
import type { CodeFact, ReviewedCode, ReviewedLibrary, ReviewedMacros } from '../facts/code.ts';
import { type CapabilityKind, type Family, familyOf } from '../rust/capability/capability.ts';
import { perhaps } from '../rust/digest.ts';

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
  const of = (kind: ApprovedKind) => approvals.filter((approval) => approval.kind === kind);
  return [
    ...(buildScript === undefined
      ? []
      : [
          {
            code: 'build-script',
            standing: scriptStanding(buildScript, version, of('build-script'), now),
          } as const,
        ]),
    ...(macros === undefined
      ? []
      : [{ code: 'proc-macro', standing: macroStanding(macros, version, of('proc-macro'), now) } as const]),
    ...(partOf.length > 0 && macros === undefined && unread !== undefined && library === undefined
      ? [{ code: 'helper', standing: { kind: 'unread', reason: unread } } as const]
      : []),
    ...(helper === undefined
      ? []
      : [{ code: 'helper', standing: helperStanding(helper, version, of('helper'), now) } as const]),
  ];
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
  return library.tokens !== undefined || graveOf(library.shapes).length > 0 ? library : undefined;
}

function helperStanding(
  helper: ReviewedLibrary,
  version: string,
  approvals: readonly KeptApproval[],
  now: number,
): Standing {
  const valid = approvals.filter((approval) => !isLapsed(approval, now));
  const approval = preferred(valid, version);
  if (approval === undefined) return lapsedOrMissing(approvals, version);
  const same = preferred(
    valid.filter(({ tokens }) => tokens === helper.tokens),
    version,
  );
  // Of what makes no code there is no digest: it is the same where it can do no more.
  const more = grown(helper, same ?? approval);
  if (more !== undefined) return more;
  return same === undefined ? { kind: 'surface', approval } : sameCode(same, version);
}

function scriptStanding(
  script: ReviewedCode,
  version: string,
  approvals: readonly KeptApproval[],
  now: number,
): Standing {
  const valid = approvals.filter((approval) => !isLapsed(approval, now));
  const same = preferred(
    valid.filter(({ tokens }) => tokens === script.tokens),
    version,
  );
  if (same !== undefined) return sameCode(same, version);
  const approval = preferred(valid, version);
  if (approval === undefined) return lapsedOrMissing(approvals, version);
  return grown(script, approval) ?? { kind: 'changed', approval };
}

function macroStanding(
  macros: ReviewedMacros,
  version: string,
  approvals: readonly KeptApproval[],
  now: number,
): Standing {
  const valid = approvals.filter((approval) => !isLapsed(approval, now));
  const same = preferred(
    valid.filter(({ surface }) => surface === macros.surface),
    version,
  );
  // What nobody can read may hide a change: then the code itself has to be the same.
  if (same !== undefined && (macros.opaque === 0 || same.tokens === macros.tokens)) {
    const changed = same.tokens !== macros.tokens;
    if (same.version === version)
      return changed ? { kind: 'surface', approval: same } : { kind: 'approved', approval: same };
    return { kind: 'carried', approval: same, changed };
  }
  const approval = preferred(valid, version);
  if (approval === undefined) return lapsedOrMissing(approvals, version);
  return grown(macros, approval) ?? { kind: 'surface', approval };
}

function sameCode(approval: KeptApproval, version: string): Standing {
  return approval.version === version
    ? { kind: 'approved', approval }
    : { kind: 'carried', approval, changed: false };
}

function lapsedOrMissing(approvals: readonly KeptApproval[], version: string): Standing {
  const approval = preferred(approvals, version);
  return approval === undefined ? { kind: 'missing' } : { kind: 'lapsed', approval };
}

const graveFamilies: ReadonlySet<Family> = new Set(['network', 'process', 'concealment']);

function grown({ shapes }: Pick<ReviewedCode, 'shapes'>, approval: KeptApproval): Standing | undefined {
  const before = new Set(approval.capabilities);
  const added = shapes.filter((shape) => !before.has(shape));
  if (added.length === 0) return undefined;
  return { kind: 'grown', approval, added, grave: graveOf(added) };
}

/** The grave families of what was added. What only a text suggests is no power, nor is asking the compiler what it is. */
export function graveOf(added: readonly string[]): readonly Family[] {
  const families = added.flatMap((shape) => {
    const kind = kindOf(shape);
    if (kind === undefined || isFaint(shape)) return [];
    const family = familyOf(kind);
    return graveFamilies.has(family) ? [family] : [];
  });
  return [...new Set(families)].sort();
}

/** Whether a shape says nothing grave, whatever its kind: a text alone suggests it, or the compiler is asked what it is. */
export function isFaint(shape: string): boolean {
  return shape.endsWith(perhaps) || compilers.test(shape);
}

const compilers = /^process (?:rustc|\$RUSTC(?:_WORKSPACE)?(?:_WRAPPER)?|the C compiler)$/;

/** The kind of capability that a shape is of; `undefined` for what is opaque or calls another crate. */
export function kindOf(shape: string): CapabilityKind | undefined {
  const word = shape.slice(0, shape.indexOf(' '));
  return word === 'opaque:' || word === 'calls' || word === '' ? undefined : (word as CapabilityKind);
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
