import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ApprovalsJson } from '../../../src/server/approvals-contract.ts';
import type { DecisionListJson } from '../../../src/server/contract.ts';
import type { RequestsJson } from '../../../src/server/requests-contract.ts';
import { ask, withQuery } from './client.ts';

/** Which requests are meant. */
export interface RequestFilter {
  /** States of the releases, comma-separated. */
  readonly state?: string | undefined;
  readonly crate?: string | undefined;
  readonly version?: string | undefined;
  readonly registry?: string | undefined;
  readonly by?: string | undefined;
}

export const requestsQuery = (filter: RequestFilter, limit = 200) =>
  queryOptions({
    queryKey: ['requests', filter, limit],
    queryFn: () => ask<RequestsJson>(withQuery('/api/v1/requests', { ...filter, limit })),
    refetchInterval: 30_000,
  });

/** All of them, in pages. */
export const requestPagesQuery = (filter: RequestFilter) =>
  infiniteQueryOptions({
    queryKey: ['requests', 'pages', filter],
    queryFn: ({ pageParam: after }) =>
      ask<RequestsJson>(withQuery('/api/v1/requests', { ...filter, after, limit: 100 })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: 30_000,
  });

/** What people decided on releases, in pages. */
export const allDecisionsQuery = infiniteQueryOptions({
  queryKey: ['quarantine', 'decisions', 'all'],
  queryFn: ({ pageParam: after }) =>
    ask<DecisionListJson>(withQuery('/api/v1/quarantine/decisions', { after, limit: 50 })),
  initialPageParam: '',
  getNextPageParam: ({ next }) => next ?? undefined,
});

export const approvalsQuery = queryOptions({
  queryKey: ['approvals'],
  queryFn: () => ask<ApprovalsJson>('/api/v1/approvals'),
});
