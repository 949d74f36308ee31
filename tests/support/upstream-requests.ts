/** What the scriptable upstream remembers of each request, and predicates to pick requests by. */
import type { IncomingHttpHeaders } from 'node:http';

export type UpstreamRequest = {
  /** 0 for the first request the upstream ever saw; never reused, not even after `reset()`. */
  readonly order: number;
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** With `redirectDownloads` both steps of a download are a `download`; the second one's path starts `/files/`. */
  readonly kind: 'config' | 'index' | 'download' | 'search' | 'other';
  /** Which crate is meant: lower case for an index file, as published for a download. */
  readonly crate?: string;
  readonly version?: string;
};

export type Predicate = (request: UpstreamRequest) => boolean;

export type RequestLog = UpstreamRequest[] & {
  /** How many requests were made, or how many of them fit. */
  count(predicate?: Predicate): number;
  reset(): void;
};

export function requestLog(): RequestLog {
  const log: UpstreamRequest[] = [];
  return Object.assign(log, {
    count: (predicate: Predicate = () => true) => log.filter(predicate).length,
    reset: () => {
      log.length = 0;
    },
  });
}

export const isConfig: Predicate = (request) => request.kind === 'config';

/** Requests for the index file of `name`, or of any crate. */
export function isIndex(name?: string): Predicate {
  return ({ kind, crate }) => kind === 'index' && (name === undefined || crate === name.toLowerCase());
}

/** Downloads of one release, of any release of a crate, or of anything. */
export function isDownload(name?: string, version?: string): Predicate {
  return (request) =>
    request.kind === 'download' &&
    (name === undefined || request.crate === name) &&
    (version === undefined || request.version === version);
}
