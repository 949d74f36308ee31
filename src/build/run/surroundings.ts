import { inside } from './layout.ts';

/** What a sealed build sees of the machine that could be otherwise on the next one. */
export interface Surroundings {
  /** Its home, inside. */
  readonly home: string;
  readonly hostname: string;
  readonly user: number;
}

export const surroundings: Surroundings = { home: inside.home, hostname: 'build', user: 1000 };

/**
 * Those of a build that is made to compare: nothing of it should be in what is built. Each is as long as the first
 * one's, so that only that differs where it is.
 */
export const otherSurroundings: Surroundings = {
  home: '/build/room',
  hostname: 'other',
  user: 4321,
};
