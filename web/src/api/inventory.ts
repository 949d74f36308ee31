import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { AffectedJson } from '../../../src/server/affected-contract.ts';
import type { ArtefactReportJson, ArtefactsJson } from '../../../src/server/artefact-contract.ts';
import type { ExposuresJson } from '../../../src/server/exposure-contract.ts';
import type { SightingsJson } from '../../../src/server/sighting-contract.ts';
import { ask, withQuery } from './client.ts';

// What is built and what runs: a page of it at a time.

/** Which artefacts are listed. */
export interface ArtefactFilter {
  readonly name?: string | undefined;
  readonly trust?: 'signed' | 'unsigned' | 'recovered' | 'unverified' | undefined;
  readonly verdict?: 'not-allowed' | undefined;
  readonly crate?: string | undefined;
}

/** Which processes are listed. */
export interface RunningFilter {
  readonly host?: string | undefined;
  readonly standing?: SightingsJson['processes'][number]['standing'] | undefined;
  readonly restart?: 'yes' | undefined;
}

const first = '';
const limit = 200;

export const artefactsQuery = (filter: ArtefactFilter) =>
  infiniteQueryOptions({
    queryKey: ['artefacts', filter],
    queryFn: ({ pageParam: after }) =>
      ask<ArtefactsJson>(withQuery('/api/v1/artefacts', { ...filter, after, limit })),
    initialPageParam: first,
    getNextPageParam: ({ next }) => next ?? undefined,
  });

export const artefactQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['artefact', id],
    queryFn: ({ pageParam: after }) =>
      ask<ArtefactReportJson>(
        withQuery(`/api/v1/artefacts/${encodeURIComponent(id)}`, { after, limit: 1000 }),
      ),
    initialPageParam: first,
    getNextPageParam: ({ next }) => next ?? undefined,
  });

export const runningQuery = (filter: RunningFilter) =>
  infiniteQueryOptions({
    queryKey: ['sightings', filter],
    queryFn: ({ pageParam: after }) =>
      ask<SightingsJson>(withQuery('/api/v1/sightings', { ...filter, after, limit })),
    initialPageParam: first,
    getNextPageParam: ({ next }) => next ?? undefined,
  });

export const exposuresQuery = infiniteQueryOptions({
  queryKey: ['exposures'],
  queryFn: ({ pageParam: after }) =>
    ask<ExposuresJson>(withQuery('/api/v1/exposures', { state: 'open', after, limit })),
  initialPageParam: first,
  getNextPageParam: ({ next }) => next ?? undefined,
});

/** What is open of one advisory, the first of it. */
export const exposuresOfQuery = (advisory: string) =>
  queryOptions({
    queryKey: ['exposures', advisory],
    queryFn: () =>
      ask<ExposuresJson>(withQuery('/api/v1/exposures', { state: 'open', advisory, limit: 1000 })),
  });

export const affectedQuery = (of: string, library: boolean) =>
  queryOptions({
    queryKey: ['affected', of, library],
    queryFn: () =>
      ask<AffectedJson>(withQuery('/api/v1/affected', { of, library: library ? 'true' : undefined, limit })),
    enabled: of !== '',
  });
