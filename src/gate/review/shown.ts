import { loadLayers } from '../../policy/policy.ts';
import { isGrave, sayShape } from '../../policy/shapes.ts';
import { type Capability, capabilityKinds, type Family } from '../../rust/capability/capability.ts';
import { codeTree } from '../../rust/code-tree.ts';
import { coloursOf } from '../../rust/colours.ts';
import { shapeOf } from '../../rust/digest.ts';
import { type PackageReview, reviewPackage } from '../../rust/package-review.ts';
import type { PackageSource } from '../../rust/package-source.ts';
import { approvalsFrom } from '../judgement/approvals.ts';
import { type Part, type ReleaseReview, type ReviewedVersion, reviewRead } from './review.ts';

/** A release's code as a person reads it: what it can do, and the files in which that stands. */
export interface ShownCode
  extends Pick<ReleaseReview, 'tier' | 'reasons' | 'summary' | 'opaque' | 'against' | 'diff'> {
  readonly capabilities: readonly ShownCapability[];
  /** What the other version could do and this one cannot, as clauses. */
  readonly gone: readonly string[];
  readonly files: readonly ShownFile[];
  /** Files that are not shown, since there are too many or too long ones. */
  readonly more: number;
}

export type ShownCapability = Capability & {
  readonly part: Part;
  readonly family: Family;
  /** As a clause: `runs a program`. */
  readonly says: string;
  /** Whether code that runs at build time needs somebody's yes for it. */
  readonly grave: boolean;
  /** Whether the other version could not, in any part of it. */
  readonly added?: true;
};

export interface ShownFile {
  readonly path: string;
  readonly text: string;
  /** As `coloursOf` gives them. */
  readonly colours: readonly number[];
  /** Whether it is no text. */
  readonly binary?: true;
}

/** UTF-16 units of all files together that are shown. */
const maxShown = 8 * 1024 * 1024;
const maxFiles = 200;

/**
 * What a person is shown of a release's code: the files that run at build time, first, and those in which something stands that the
 * library can do; beside another version where one is given. Pure but for the time it takes.
 */
export function showCode(subject: ReviewedVersion, against: ReviewedVersion | undefined): ShownCode {
  const by = {
    approvals: approvalsFrom({ file: 'none', text: undefined, before: undefined, compared: false }),
    policy: loadLayers({}),
    partOf: [],
    now: 0,
  };
  const review = reviewPackage(subject.source);
  const other = against === undefined ? undefined : { ...against, review: reviewPackage(against.source) };
  const { tier, reasons, summary, opaque, diff, capabilities, ...rest } = reviewRead(
    subject,
    review,
    other,
    by,
  );
  // In whatever part of it: what only moved is no news.
  const before = other === undefined ? undefined : shapesOf(other.review);
  const now = shapesOf(review);
  return {
    tier,
    reasons,
    summary,
    opaque,
    ...(rest.against === undefined ? {} : { against: rest.against }),
    diff,
    capabilities: capabilities.map((one) => shown(one, before)),
    gone: [...(before ?? [])].filter((shape) => !now.has(shape)).map(sayShape),
    ...filesOf(subject.source, review, [...capabilities, ...opaque]),
  };
}

function shapesOf({ buildScript, macros, library }: PackageReview): ReadonlySet<string> {
  return new Set([buildScript, macros, library].flatMap((part) => part?.capabilities.map(shapeOf) ?? []));
}

function shown(
  one: Capability & { readonly part: Part },
  before: ReadonlySet<string> | undefined,
): ShownCapability {
  const { family, says } = capabilityKinds[one.kind];
  const grave =
    one.part !== 'library' && isGrave(shapeOf(one), one.part === 'macros' ? 'proc-macro' : 'build-script');
  const isNew = before !== undefined && !before.has(shapeOf(one));
  return { ...one, family, says, grave, ...(isNew ? { added: true } : {}) };
}

function filesOf(
  source: PackageSource,
  { buildScript, macros }: PackageReview,
  places: readonly { readonly file: string }[],
): Pick<ShownCode, 'files' | 'more'> {
  const inputs = [buildScript, macros].flatMap((review) => review?.inputs.files ?? []);
  const named = inputs.filter(({ named }) => named).map(({ path }) => path);
  const scripts = source.buildScripts.flatMap((root) => modulesOf(source, root, 'build-script'));
  const { procMacro, library } = source;
  const own = procMacro && library !== undefined ? modulesOf(source, library, 'proc-macro') : [];
  const paths = [...new Set([...scripts, ...own, ...named, ...places.map(({ file }) => file)])];
  const files: ShownFile[] = [];
  let room = maxShown;
  let there = 0;
  for (const path of paths) {
    const text = source.files(path);
    if (text === undefined) continue;
    there++;
    if (files.length === maxFiles || text.length > room) continue;
    room -= text.length;
    if (text.includes('\0')) {
      files.push({ path, text: '', colours: [], binary: true });
      continue;
    }
    const edition = source.buildScripts.includes(path) ? source.edition : source.libraryEdition;
    files.push({ path, text, colours: path.endsWith('.rs') ? coloursOf(text, edition) : [] });
  }
  return { files, more: there - files.length };
}

function modulesOf(
  source: PackageSource,
  root: string,
  role: 'build-script' | 'proc-macro',
): readonly string[] {
  return codeTree(source, root, role).tree.modules.map(({ file }) => file);
}
