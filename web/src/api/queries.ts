import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { AuditJson } from '../../../src/server/audit/contract.ts';
import type { CodeJson } from '../../../src/server/code-contract.ts';
import type {
  DecisionListJson,
  ExplanationJson,
  QuarantineListJson,
  ReleaseReportJson,
  SessionJson,
  StatusJson,
  TokensJson,
} from '../../../src/server/contract.ts';
import { ask, withQuery } from './client.ts';

// One question to the API each: its key, and how it is asked.

/** A release as pages name it; without a registry it is the default one's. */
export interface ReleaseId {
  readonly crate: string;
  readonly version: string;
  readonly registry?: string | undefined;
}

export interface QuarantineFilter {
  /** Comma-separated; absent: all but what is promoted. */
  readonly state?: string | undefined;
  readonly crate?: string | undefined;
  readonly registry?: string | undefined;
  readonly order?: 'since' | 'until' | undefined;
}

/** Releases that one page of a list has. */
const pageSize = 100;

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => ask<SessionJson>('/api/v1/session'),
});

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: () => ask<StatusJson>('/api/v1/status'),
  refetchInterval: 30_000,
});

export const fewReleasesQuery = (filter: QuarantineFilter, limit: number) =>
  queryOptions({
    queryKey: ['quarantine', 'few', filter, limit],
    queryFn: () => ask<QuarantineListJson>(withQuery('/api/v1/quarantine', { ...filter, limit })),
    refetchInterval: 30_000,
  });

export const quarantineQuery = (filter: QuarantineFilter) =>
  infiniteQueryOptions({
    queryKey: ['quarantine', 'all', filter],
    queryFn: ({ pageParam: after }) =>
      ask<QuarantineListJson>(withQuery('/api/v1/quarantine', { ...filter, limit: pageSize, after })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const releaseQuery = ({ crate, version, registry }: ReleaseId) =>
  queryOptions({
    queryKey: ['release', registry, crate, version],
    queryFn: () =>
      ask<ReleaseReportJson>(
        withQuery(`/api/v1/releases/${encodeURIComponent(crate)}/${encodeURIComponent(version)}`, {
          registry,
        }),
      ),
  });

export const explanationQuery = ({ crate, version, registry }: ReleaseId) =>
  queryOptions({
    queryKey: ['explain', registry, crate, version],
    queryFn: () =>
      ask<ExplanationJson>(
        withQuery(`/api/v1/explain/${encodeURIComponent(crate)}/${encodeURIComponent(version)}`, {
          registry,
        }),
      ),
  });

export const codeQuery = ({ crate, version, registry }: ReleaseId, against?: string) =>
  queryOptions({
    queryKey: ['code', registry, crate, version, against],
    queryFn: () =>
      ask<CodeJson>(
        withQuery(`/api/v1/releases/${encodeURIComponent(crate)}/${encodeURIComponent(version)}/code`, {
          registry,
          against,
        }),
      ),
    // The bytes of a release never change; what it is read beside does.
    staleTime: 60_000,
  });

/** What people decided on releases of a crate, the newest first. */
export const decisionsQuery = ({ crate, registry }: Omit<ReleaseId, 'version'>) =>
  queryOptions({
    queryKey: ['quarantine', 'decisions', registry, crate],
    queryFn: () =>
      ask<DecisionListJson>(withQuery('/api/v1/quarantine/decisions', { crate, registry, limit: 50 })),
  });

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ pageParam: after }) => ask<AuditJson>(withQuery('/api/v1/audit', { after, limit: 1000 })),
  initialPageParam: '0',
  getNextPageParam: (last) => last.next ?? undefined,
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: () => ask<TokensJson>('/api/v1/tokens'),
});
