import { createHash } from 'node:crypto';

/** Bytes (UTF-8) of a path as it is told and kept: two of them fit into a key of the store. */
const most = 1200;
/** Letters of its beginning and of its end that are left of a longer one. */
const left = 180;

/**
 * A path as it is told and kept. Anybody on a host can make one longer than any database keeps, and its host must not
 * be unseen for that: of such a one its beginning and its end are left, around a digest that is its alone.
 */
export function shortPath(path: string): string {
  if (path.length <= most / 3 || Buffer.byteLength(path) <= most) return path;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return `${path.slice(0, left)}…${digest}…${path.slice(-left)}`.toWellFormed();
}
