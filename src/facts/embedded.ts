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
  /** Why the class is not known, as a clause. */
  readonly reason?: string | undefined;
  /** The shortest way to it from a package of the project, as `app → a`. */
  readonly path: string;
}

/** The fact of one package. */
export function embeddedFact(builds: readonly EmbeddedBuild[], at: number): Fact<EmbeddedFact> {
  return known({ builds }, 'resolved graph', at);
}
