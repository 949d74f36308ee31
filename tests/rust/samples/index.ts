/** Imitations of what was seen in poisoned packages, inert throughout, and harmless packages that resemble them. */
import { conditional } from './conditional.ts';
import { fetching } from './fetching.ts';
import { indirect } from './indirect.ts';
import { libraries } from './libraries.ts';
import { macros } from './macros.ts';
import { reaching } from './reaching.ts';
import type { Sample } from './sample.ts';

export { harmless } from './harmless.ts';
export type { Sample } from './sample.ts';

/** Thirty: eighteen build scripts, seven proc-macros, five libraries. */
export const malice: readonly Sample[] = [
  ...fetching,
  ...indirect,
  ...conditional,
  ...reaching,
  ...macros,
  ...libraries,
];
