import { windows } from './capability/acts.ts';
import { type Capability, familyOf } from './capability/capability.ts';
import { capabilitiesOf, capabilitiesUntraced, type Found } from './capability/find.ts';
import { bounded, type CodeReview } from './code-review.ts';
import { codeTree } from './code-tree.ts';
import { shapesOf, tokenDigest, wholeFiles } from './digest.ts';
import { inputsOf, noInputs } from './inputs/inputs.ts';
import { withInputs } from './inputs/with-inputs.ts';
import { Glances, libraryTree } from './library-tree.ts';
import type { ModuleTree } from './module-tree.ts';
import { crateNames, type PackageSource } from './package-source.ts';
import type { CrateNames } from './resolve.ts';

const families: ReadonlySet<string> = new Set(['network', 'process', 'environment', 'concealment']);

/** What it does with files that does not lie with whoever calls it, and what it tells cargo where a build script calls it. */
const others: ReadonlySet<string> = new Set(
  'writes reads-outside reads-secret-file link-directive compiler-directive'.split(' '),
);

/** A review of a library; it has a digest of its tokens only where it makes code. */
export type LibraryReview = Omit<CodeReview, 'tokens'> & { readonly tokens?: string };

/** Crates that only those depend on who make Rust code: macros, their helpers, generators. */
const makers: ReadonlySet<string> = new Set(['proc-macro2', 'quote', 'syn']);

/**
 * What the library of a package can do on the network, with programs, with variables, and to hide: one place for each of
 * them. `undefined` where it has no library, or is a library of macros, which has a review of its own.
 */
export function reviewLibrary(source: PackageSource): LibraryReview | undefined {
  if (source.library === undefined || source.procMacro) return undefined;
  const crates = crateNames(source, 'normal');
  const makesCode = source.dependencies.some(
    ({ kind, package: crate }) => kind === 'normal' && makers.has(crate),
  );
  const { tree, capabilities, opaque } = foundIn(source, source.library, crates, makesCode);
  const first = new Map<string, Capability>();
  for (const one of capabilities) {
    const key = `${one.kind} ${one.name ?? ''}`;
    const isMeant = families.has(familyOf(one.kind)) || others.has(one.kind);
    if (isMeant && one.kind !== 'reads-cargo-variable' && !first.has(key)) first.set(key, one);
  }
  const kept = [...first.values()];
  // What files do counts where the library runs while others are compiled, and can do something with them there.
  const inputs =
    makesCode || kept.length > 0
      ? inputsOf([tree], { capabilities: kept, opaque, helpers: [] }, source.all)
      : noInputs;
  // Paths that a macro puts together are everywhere; what was not read at all may be anything.
  const unread = opaque.filter((one) => one.unread === true);
  const own = shapesOf(kept, unread, []);
  const withFiles = shapesOf([...kept, ...inputs.capabilities], [...unread, ...inputs.opaque], []);
  const { tokens: _, ...review } = bounded({
    capabilities: kept,
    opaque,
    helpers: [],
    shapes: own,
    tokens: '',
    inputs: {
      digest: inputs.digest,
      files: inputs.files,
      shapes: withFiles.filter((shape) => !own.includes(shape)),
    },
  });
  return makesCode ? { ...review, tokens: tokenDigest(wholeFiles(tree)) } : review;
}

/**
 * What is found in a library. Most hold nothing whose meaning hangs on a value: for them it is enough to read the files in which
 * a name stands where it counts. Where values are traced, every file counts that has any such name at all.
 */
function foundIn(source: PackageSource, root: string, crates: CrateNames, whole: boolean): FoundIn {
  const glances = new Glances(source, crates);
  // Functions of Windows lie anywhere in their crates, by names that much else has.
  if (!whole && ![...crates.values()].some((crate) => windows.has(crate))) {
    const { tree, relevant } = libraryTree(source, root, crates, glances, 'counting');
    const found = capabilitiesUntraced(
      { ...tree, modules: relevant.modules },
      'library',
      crates,
      relevant.names,
    );
    // With fewer files a path may seem to stand for more than it does.
    if (found !== undefined && found.opaque.length === tree.unfollowed.length) return { tree, ...found };
  }
  const { tree, relevant } = libraryTree(source, root, crates, glances, whole ? 'all' : 'naming');
  const { modules, names } = relevant;
  return { tree, ...capabilitiesOf({ ...tree, modules }, 'library', crates, names) };
}

interface FoundIn extends Found {
  readonly tree: ModuleTree;
}

/**
 * Everything that a library can do where a build script calls it: read as a script is, its files among it. `undefined` where the
 * package has none.
 */
export function reviewHelper(source: PackageSource): CodeReview | undefined {
  if (source.library === undefined || source.procMacro) return undefined;
  const tree = codeTree(source, source.library, 'library').expand(() => true);
  const found = capabilitiesOf(tree, 'build-script', crateNames(source, 'normal'));
  return withInputs(found, [tree], source, { tokens: '' });
}
