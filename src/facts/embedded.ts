import type { StdClass, StdPlace } from '../rust/no-std.ts';
import { type Fact, known } from './fact.ts';

/** What a package needs of the standard library where the project is built without it. */
export interface EmbeddedFact {
  /** One for each build of that kind that compiles the package for the target; never for the machine that builds. */
  readonly builds: readonly EmbeddedBuild[];
}

export interface EmbeddedBuild {
  readonly target: string;
  /** The member that is built by itself; absent where the project is one package. */
  readonly member?: string | undefined;
  readonly now: StdClass;
  /** Of the same package, or the release that it takes the place of; absent where neither was built. */
  readonly before?: StdClass | undefined;
  /** Where its source says so. */
  readonly place?: Pick<StdPlace, 'file' | 'line'> | undefined;
  /** The feature without which it would be another class. */
  readonly feature?: string | undefined;
  /** Who turns that feature on. */
  readonly blame?: FeatureBlame | undefined;
  /** Why the class is not known, as a clause. */
  readonly reason?: string | undefined;
  /** The library of macros that makes it so. */
  readonly macro?: string | undefined;
  /** The shortest way to it from a package of the project, as `app → a`. */
  readonly path: string;
}

/** Why a feature is on. */
export interface FeatureBlame {
  /** The package that asks for it. */
  readonly by: string;
  /** The feature that it asks for, which may turn on others; `default` also where nothing was said against it. */
  readonly asks: string;
  /** From the feature to who asks without a condition: `codec/std ← codec/default ← app`. */
  readonly chain: string;
  /** What a package of the project asks for on the way: without it the feature would be off. */
  readonly edit?:
    | { readonly file: string; readonly line: number; readonly dependency: string; readonly asks: string }
    | undefined;
}

/** The fact of one package. */
export function embeddedFact(builds: readonly EmbeddedBuild[], at: number): Fact<EmbeddedFact> {
  return known({ builds }, 'resolved graph', at);
}
