import type { FactsOptions } from '../check/facts.ts';

/** What `safeguard review` was asked. */
export interface ReviewOptions extends FactsOptions {
  readonly path?: string;
  readonly against?: string;
  readonly pending?: true;
  readonly approve?: true;
  readonly reason?: string;
  readonly as?: string;
  readonly expires?: string;
  readonly lockfile?: string;
  readonly manifestPath: string;
  readonly format: 'text' | 'json';
}
