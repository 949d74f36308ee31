import type { ReleaseJson } from '../../../../src/server/contract.ts';

/** How requests stand, by where their releases are. */
export const standings = {
  waiting: { word: 'waiting', states: ['held', 'review'] },
  refused: { word: 'refused', states: ['blocked', 'withdrawn'] },
  granted: { word: 'handed out', states: ['promoted'] },
} as const satisfies Record<string, { word: string; states: readonly ReleaseJson['state'][] }>;

export type Standing = keyof typeof standings;
