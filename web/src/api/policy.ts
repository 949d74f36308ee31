import { queryOptions } from '@tanstack/react-query';
import type { PolicyJson } from '../../../src/server/policy-contract.ts';
import { ask } from './client.ts';

export const policyQuery = queryOptions({
  queryKey: ['policy'],
  queryFn: () => ask<PolicyJson>('/api/v1/policy'),
});
