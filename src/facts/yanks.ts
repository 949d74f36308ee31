import { type Fact, known } from './fact.ts';

/** Yanks of a crate's releases, as this mirror saw them happen. */
export interface YanksFact {
  /** The newest yanks of older releases, as the mirror saw them; oldest first. */
  readonly seen: readonly { readonly version: string /** Epoch milliseconds. */; readonly at: number }[];
  /** Epoch milliseconds; when the release itself appeared, or `null` where that is not known. */
  readonly appearedAt: number | null;
}

/** The yanks fact of one release. */
export function yanksFact(fact: YanksFact, at: number): Fact<YanksFact> {
  return known({ ...fact, seen: [...fact.seen].sort((a, b) => a.at - b.at) }, 'mirror', at);
}
