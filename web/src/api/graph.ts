import { queryOptions } from '@tanstack/react-query';
import type { GraphJson } from '../../../src/server/graph-contract.ts';
import { ask, withQuery } from './client.ts';

/** Which graph is shown, and the crate that ways are looked for to. */
export interface GraphOf {
  readonly change?: string | undefined;
  /** Absent: the lockfile as the change leaves it. */
  readonly side?: 'before' | undefined;
  readonly artefact?: string | undefined;
  readonly to?: string | undefined;
}

export const graphQuery = ({ change, side, artefact }: GraphOf) =>
  queryOptions({
    queryKey: ['graph', change, side, artefact],
    queryFn: () => ask<GraphJson>(withQuery('/api/v1/graph', { change, side, artefact })),
    enabled: change !== undefined || artefact !== undefined,
  });

/** The graph of a lockfile that is sent along. */
export async function graphOf(lockfile: string): Promise<GraphJson> {
  return await ask<GraphJson>('/api/v1/graph', 'POST', { lockfile });
}
