import { reviewBuildScript } from './build-script.ts';
import type { Capability } from './capability/capability.ts';
import type { CodeReview } from './code-review.ts';
import { type LibraryReview, reviewLibrary } from './library.ts';
import type { PackageSource } from './package-source.ts';
import { type MacroReview, reviewProcMacro } from './proc-macro.ts';

/** What of a package runs on the machine that builds it; with both, it is a `proc-macro`, which is the stricter. */
export type Tier = 'standard' | 'build-script' | 'proc-macro';

/** Everything that is read from the code of one release. */
export interface PackageReview {
  readonly tier: Tier;
  /** Why it has that tier, as clauses: `build.rs is its build script`. */
  readonly reasons: readonly string[];
  readonly buildScript?: CodeReview;
  readonly macros?: MacroReview;
  /** Of a library that is compiled into programs. */
  readonly library?: LibraryReview;
  /** Why its code was not read. */
  readonly unread?: string;
}

/** Reads the code of a package. Nothing of it is run. */
export function reviewPackage(source: PackageSource): PackageReview {
  const { buildScripts, metabuild, procMacro, library: root } = source;
  const reasons = [
    ...(procMacro ? [`${root ?? 'its library'} is a library of macros`] : []),
    ...buildScripts.map((path) => `${path} is its build script`),
    ...metabuild.map((crate) => `\`${crate}::metabuild\` is its build script`),
  ];
  const tier = procMacro
    ? 'proc-macro'
    : buildScripts.length + metabuild.length > 0
      ? 'build-script'
      : 'standard';
  const buildScript = reviewBuildScript(source);
  const macros = reviewProcMacro(source, buildScript);
  const library = reviewLibrary(source);
  return {
    tier,
    reasons: reasons.length > 0 ? reasons : ['it has neither a build script nor macros'],
    ...(buildScript === undefined ? {} : { buildScript }),
    ...(macros === undefined ? {} : { macros }),
    ...(library === undefined ? {} : { library }),
  };
}

/** All capabilities of a package's code, of what runs first before what is only compiled in. */
export function capabilitiesIn({ buildScript, macros, library }: PackageReview): readonly Capability[] {
  return [buildScript, macros, library].flatMap((review) => review?.capabilities ?? []);
}
