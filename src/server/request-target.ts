import type { IncomingMessage } from 'node:http';

/** What of a request says where it goes. HTTP/2 requests have the same shape. */
export type Targeted = Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders' | 'httpVersionMajor'>;

/** A host with or without a port (RFC 3986, `host [ ":" port ]`), as far as any server of this world is called. */
const authority = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;
const absolute = /^https?:\/\/([^/?#]*)([^#]*)$/i;

/**
 * The path and query of a request. Where the target is an absolute one (RFC 9112, section 3.2.2), which every server
 * must take, its host replaces the one of the Host field. A target that is neither stays as it is.
 */
export function pathOfTarget(request: Targeted): string {
  const { url = '/', headers } = request;
  if (url.startsWith('/')) return url;
  const [, host = '', rest = ''] = absolute.exec(url) ?? [];
  if (!authority.test(host) || refuseHost(request) !== undefined) return url;
  headers.host = host;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Why a request is to be answered with 400 (RFC 9112, section 3.2; RFC 9113, section 8.3.1). */
export function refuseHost({ headers, rawHeaders, url = '/' }: Targeted): string | undefined {
  if (countOf('host', rawHeaders) > 1) return 'The request has more than one Host.';
  const { host, ':authority': named } = headers as Readonly<Record<string, string | string[] | undefined>>;
  if (typeof host === 'string' && host !== '' && !authority.test(host)) return 'The Host header is no host.';
  if (host !== undefined && named !== undefined && host !== named)
    return 'The request names two hosts, by Host and by :authority.';
  if (url.startsWith('/') || url === '*') return undefined;
  return absolute.test(url) && authority.test(absolute.exec(url)?.[1] ?? '')
    ? undefined
    : 'The target of the request is no path and no http address.';
}

/** How often a field of that name (lower case) stands among names and values by turns. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const field = rawHeaders[i];
    // Most fields have another length: nothing is made for them.
    if (field?.length === name.length && field.toLowerCase() === name) count++;
  }
  return count;
}

/**
 * Why a request's body cannot be told from what follows it: a transfer coding other than `chunked` alone (RFC 9112,
 * section 6.3), which Node's parser lets through until the body begins.
 */
export function refuseFraming({ headers }: Targeted): string | undefined {
  const coding = headers['transfer-encoding'];
  return coding === undefined || coding.trim().toLowerCase() === 'chunked'
    ? undefined
    : 'The request has a Transfer-Encoding other than chunked.';
}

/** Why a query cannot be looked for: no database has NUL in a text. */
export function refuseQuery({ url = '/' }: Targeted): string | undefined {
  const from = url.indexOf('?');
  return from === -1 || !url.includes('%00', from) ? undefined : 'No text of a query holds NUL.';
}
