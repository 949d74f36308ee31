import { type Fact, known } from './fact.ts';

/** Yanks of a crate's releases, as this mirror saw them happen. */
export interface YanksFact {
  /** Yanks that the mirror saw after the release had appeared or shortly before; oldest first. */
  readonly seen: readonly { readonly version: string /** Epoch milliseconds. */; readonly at: number }[];
  /** Epoch milliseconds; when the release itself appeared, or `null` for the back catalogue. */
  readonly appearedAt: number | null;
}

/** The yanks fact of one release. */
export function yanksFact(fact: YanksFact, at: number): Fact<YanksFact> {
  return known({ ...fact, seen: [...fact.seen].sort((a, b) => a.at - b.at) }, 'mirror', at);
}
