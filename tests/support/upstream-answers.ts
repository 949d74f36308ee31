/** Plain answers, and answers that take the caller's copy into account (RFC 9110, section 13). */
import { gzipSync } from 'node:zlib';
import { sha256 } from './crate.ts';
import type { Answer } from './upstream-faults.ts';
import type { UpstreamRequest } from './upstream-requests.ts';

export type Validators = {
  /** ETags on config.json and index files, honouring `If-None-Match`. Default none, as some mirrors. */
  readonly etags?: boolean | 'weak';
  /** Last-Modified on index files, honouring `If-Modified-Since`; its time is the upstream's own, not the wall's. */
  readonly lastModified?: boolean;
  /** Compresses config.json and index files for clients that accept gzip. */
  readonly gzip?: boolean;
};

export function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(body) };
}

export function json(body: unknown): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(body)) };
}

/** The body, or 304 to a client that says it has it already. */
export function conditional(
  request: UpstreamRequest,
  body: Buffer,
  type: string,
  { etags, lastModified, gzip }: Validators,
  changed?: Date,
): Answer {
  const tag = etags ? `${etags === 'weak' ? 'W/' : ''}"${sha256(body).slice(0, 32)}"` : undefined;
  const modified = lastModified ? changed?.toUTCString() : undefined;
  const headers = {
    ...(tag === undefined ? {} : { etag: tag }),
    ...(modified === undefined ? {} : { 'last-modified': modified }),
    'content-type': type,
  };
  if (isUnchanged(request, tag, modified)) return { status: 304, headers, body: Buffer.alloc(0) };
  const packs = gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (!packs) return { status: 200, headers, body };
  const coding = { 'content-encoding': 'gzip', vary: 'accept-encoding' };
  return { status: 200, headers: { ...headers, ...coding }, body: gzipSync(body) };
}

/** `If-None-Match`, compared weakly, goes before `If-Modified-Since`. */
function isUnchanged(
  request: UpstreamRequest,
  tag: string | undefined,
  modified: string | undefined,
): boolean {
  const asked = request.headers['if-none-match'];
  if (asked !== undefined) {
    const bare = (each: string) => each.trim().replace(/^W\//, '');
    return tag !== undefined && asked.split(',').some((each) => ['*', bare(tag)].includes(bare(each)));
  }
  const since = request.headers['if-modified-since'];
  if (since === undefined || modified === undefined) return false;
  return Date.parse(modified) <= Date.parse(since);
}
