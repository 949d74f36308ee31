import { fileURLToPath } from 'node:url';
import type { ArchiveSource } from '../../registry/judgement/archive-pool.ts';
import { type ProcessPool, processPool } from '../../registry/process-pool.ts';
import type { ShownCode } from './shown.ts';

/** A release whose archive is at hand. */
export type AskedVersion = ArchiveSource & { readonly crate: string; readonly version: string };

/** What became of it. */
export type ShownAnswer =
  | { readonly kind: 'shown'; readonly code: ShownCode }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type ShownPool = ProcessPool<
  { readonly of: AskedVersion; readonly against?: AskedVersion },
  ShownAnswer
>;

/** Milliseconds that somebody waits for a page. */
const patience = 30_000;

/** One process that shows code: people read one release at a time. */
export function shownPool(): ShownPool {
  // A checkout runs the .ts file; the published package has the .js that was made of it.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`./shown-worker.${extension}`, import.meta.url));
  return processPool(script, 'show', 1, patience);
}
