import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  ChangeOutlineJson,
  ChangesListJson,
  KeptChangeJson,
} from '../../../src/server/changes-contract.ts';
import { ask, withQuery } from './client.ts';

/** Which changes are listed. */
export interface ChangeFilter {
  readonly verdict?: ChangeOutlineJson['verdict'] | undefined;
  readonly name?: string | undefined;
}

const first = '';

export const changesQuery = (filter: ChangeFilter) =>
  infiniteQueryOptions({
    queryKey: ['changes', filter],
    queryFn: ({ pageParam: after }) =>
      ask<ChangesListJson>(withQuery('/api/v1/changes', { ...filter, after, limit: 100 })),
    initialPageParam: first,
    getNextPageParam: ({ next }) => next ?? undefined,
  });

export const changeQuery = (id: string) =>
  queryOptions({
    queryKey: ['change', id],
    queryFn: () => ask<KeptChangeJson>(`/api/v1/changes/${encodeURIComponent(id)}`),
  });
