import { queryOptions } from '@tanstack/react-query';
import type { SettingsJson } from '../../../src/server/settings-contract.ts';
import { ask } from './client.ts';

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => ask<SettingsJson>('/api/v1/settings'),
});
