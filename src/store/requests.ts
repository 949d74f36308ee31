import type { DecisionRecord, ReleaseRecord, ReleaseState } from './records.ts';

/** That one person needs one release, and what for. */
export interface RequestRecord {
  readonly registry: string;
  readonly key: string;
  readonly version: string;
  readonly by: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface RequestReader {
  /** Who asked for releases of a crate, or for one of them, oldest first. */
  requestsFor(registry: string, key: string, version?: string): Promise<readonly RequestRecord[]>;
  /** Releases that somebody asked for: those that most people need first, then the newest requests. */
  requestedReleases(query: RequestedQuery): Promise<readonly RequestedRelease[]>;
}

export interface RequestWriter {
  /** One request a person and release: a second one takes the place of the first. */
  putRequest(request: RequestRecord): Promise<void>;
}

export interface RequestedQuery {
  /** Absent: all. */
  readonly states?: readonly ReleaseState[] | undefined;
  readonly registry?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
  /** Only those that this person asked for, however the name's case is. */
  readonly by?: string | undefined;
  readonly limit: number;
  /** The last one of the page before, as it was then. */
  readonly after?: RequestedPlace | undefined;
}

/** What such a list is ordered by. */
export interface RequestedPlace extends Pick<RequestRecord, 'registry' | 'key' | 'version'> {
  readonly people: number;
  /** When the last of them asked: epoch milliseconds. */
  readonly last: number;
}

export interface RequestedRelease {
  readonly release: ReleaseRecord;
  /** Oldest first. */
  readonly requests: readonly RequestRecord[];
  /** What people decided on it, newest first. */
  readonly decisions: readonly DecisionRecord[];
}
