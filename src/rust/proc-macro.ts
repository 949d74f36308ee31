import { capabilitiesOf } from './capability/find.ts';
import type { CodeReview } from './code-review.ts';
import { codeTree } from './code-tree.ts';
import { digestOf, tokenDigest, wholeFiles } from './digest.ts';
import { withInputs } from './inputs/with-inputs.ts';
import { type LoadedItem, loadedItems } from './loaded.ts';
import { type MacroExport, macroExports } from './macro-exports.ts';
import { crateNames, type PackageSource } from './package-source.ts';
import { reachable } from './reachable.ts';

/** What a library of macros offers, and what it can do while others are compiled. */
export interface MacroReview extends CodeReview {
  /** By name. */
  readonly exports: readonly MacroExport[];
  /** What runs, or is found by others, though nothing of it is exported: by its section or its symbol. */
  readonly loaded: readonly LoadedItem[];
  /** What runs with it: its dependencies, each with the features that it asks for. Sorted. */
  readonly runs: readonly string[];
  /**
   * SHA-256 (hex) of the surface: what is exported, what it can do, and what runs with it. Layout, comments and order do not
   * count; neither do versions.
   */
  readonly surface: string;
}

/** Reviews the macros of a package; `undefined` where it is no library of macros. */
export function reviewProcMacro(
  source: PackageSource,
  buildScript: CodeReview | undefined,
): MacroReview | undefined {
  if (!source.procMacro || source.library === undefined) return undefined;
  const tree = codeTree(source, source.library, 'proc-macro').expand(() => true);
  const found = capabilitiesOf(tree, 'proc-macro', crateNames(source, 'normal'));
  const { exports, opaque: unread } = macroExports(tree);
  const opaque = [...found.opaque, ...unread];
  const runs = runsOf(source);
  const loaded = loadedItems(tree);
  const tokens = tokenDigest(opaque.length > 0 ? wholeFiles(tree) : reachable(tree, exports));
  const review = withInputs({ ...found, opaque, helpers: [] }, [tree], source, { tokens });
  return {
    ...review,
    helpers: found.helpers,
    exports,
    loaded,
    runs,
    surface: digestOf([
      ...exports.map(({ kind, name, attributes }) => `${kind} ${name} ${attributes.join(' ')}`),
      ...loaded.map(({ attribute, name }) => `${attribute} ${name}`),
      '',
      ...review.shapes,
      '',
      ...runs,
      '',
      ...(buildScript?.shapes ?? []),
    ]),
  };
}

/** What is compiled into it or runs to build it. */
function runsOf({ dependencies }: PackageSource): readonly string[] {
  const runs = dependencies.map(({ package: crate, kind, features, defaultFeatures, optional }) => {
    const words = [
      kind === 'build' ? 'build:' : '',
      crate,
      defaultFeatures ? '' : '(no default features)',
      optional ? '(optional)' : '',
      [...features].sort().join(','),
    ];
    return words.filter((word) => word !== '').join(' ');
  });
  return [...new Set(runs)].sort();
}
