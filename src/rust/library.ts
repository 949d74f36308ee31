import { type Capability, familyOf } from './capability/capability.ts';
import { capabilitiesOf } from './capability/find.ts';
import { relevantIn } from './capability/trigger.ts';
import { bounded, type CodeReview } from './code-review.ts';
import { codeTree } from './code-tree.ts';
import { shapesOf, tokenDigest, wholeFiles } from './digest.ts';
import { inputsOf, noInputs } from './inputs/inputs.ts';
import { withInputs } from './inputs/with-inputs.ts';
import type { NameFilter } from './name-filter.ts';
import { crateNames, type PackageSource } from './package-source.ts';
import type { TokenRange, Tokens } from './tokens.ts';

const families: ReadonlySet<string> = new Set(['network', 'process', 'environment', 'concealment']);

/** What it does with files that does not lie with whoever calls it, and what it tells cargo where a build script calls it. */
const others: ReadonlySet<string> = new Set(
  'writes reads-outside reads-secret-file link-directive compiler-directive'.split(' '),
);

/** A review of a library; it has a digest of its tokens only where it makes code. */
export type LibraryReview = Omit<CodeReview, 'tokens'> & { readonly tokens?: string };

function hasName(tokens: Tokens, { from, to }: TokenRange, names: NameFilter): boolean {
  for (let at = from; at < to; at++) if (names.has(tokens, at)) return true;
  return false;
}

/** Crates that only those depend on who make Rust code: macros, their helpers, generators. */
const makers: ReadonlySet<string> = new Set(['proc-macro2', 'quote', 'syn']);

/**
 * What the library of a package can do on the network, with programs, with variables, and to hide: one place for each of
 * them. `undefined` where it has no library, or is a library of macros, which has a review of its own.
 */
export function reviewLibrary(source: PackageSource): LibraryReview | undefined {
  if (source.library === undefined || source.procMacro) return undefined;
  const crates = crateNames(source, 'normal');
  const open = codeTree(source, source.library, 'library');
  const written = relevantIn(open.tree, crates);
  const tree = open.expand((tokens, range) => hasName(tokens, range, written.names));
  const isSame = tree.modules.length === open.tree.modules.length;
  const { modules, names } = isSame ? written : relevantIn(tree, crates);
  const relevant = { ...tree, modules };
  const { capabilities, opaque } = capabilitiesOf(relevant, 'library', crates, names);
  const first = new Map<string, Capability>();
  for (const one of capabilities) {
    const key = `${one.kind} ${one.name ?? ''}`;
    const isMeant = families.has(familyOf(one.kind)) || others.has(one.kind);
    if (isMeant && one.kind !== 'reads-cargo-variable' && !first.has(key)) first.set(key, one);
  }
  const kept = [...first.values()];
  const makesCode = source.dependencies.some(
    ({ kind, package: crate }) => kind === 'normal' && makers.has(crate),
  );
  // What files do counts where the library runs while others are compiled, and can do something with them there.
  const inputs =
    makesCode || kept.length > 0
      ? inputsOf([tree], { capabilities: kept, opaque, helpers: [] }, source.all)
      : noInputs;
  // Paths that a macro puts together are everywhere; what was not read at all, or is no code of the package, may be anything.
  const unread = opaque.filter((one) => one.unread === true || one.outside !== undefined);
  const own = shapesOf(kept, unread, []);
  const withFiles = shapesOf([...kept, ...inputs.capabilities], [...unread, ...inputs.opaque], []);
  const { tokens: _, ...review } = bounded({
    capabilities: kept,
    opaque,
    helpers: [],
    shapes: own,
    tokens: '',
    inputs: {
      get digest() {
        return inputs.digest;
      },
      files: inputs.files,
      shapes: withFiles.filter((shape) => !own.includes(shape)),
    },
  });
  return makesCode ? { ...review, tokens: tokenDigest(wholeFiles(tree)) } : review;
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
