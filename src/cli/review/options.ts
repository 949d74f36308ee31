import type { FactsOptions } from '../check/facts.ts';

/** What `safeguard review` was asked. */
export interface ReviewOptions extends FactsOptions {
  readonly path?: string;
  readonly against?: string;
  readonly pending?: true;
  /** With `pending` and `approve`: which of them are answered together. */
  readonly group?: string;
  readonly approve?: true;
  readonly reason?: string;
  readonly as?: string;
  readonly expires?: string;
  readonly lockfile?: string;
  readonly manifestPath: string;
  readonly format: 'text' | 'json';
}
