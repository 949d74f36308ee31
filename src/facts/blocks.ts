import { type Fact, known } from './fact.ts';

/** The operators' own blocks that match a release. */
export interface BlocksFact {
  readonly blocks: readonly Block[];
}

/** One block set by a person. */
export interface Block {
  /** Absent: every version. */
  readonly version?: string | undefined;
  readonly reason: string;
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The blocks of a crate that match one of its versions. */
export function blocksFact(version: string, ofCrate: readonly Block[], at: number): Fact<BlocksFact> {
  const blocks = ofCrate.filter((block) => block.version === undefined || block.version === version);
  return known({ blocks }, 'operators', at);
}
