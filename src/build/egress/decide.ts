import type { AllowedEgress } from '../../policy/build-allow.ts';
import type { ProxyRequest } from './request-head.ts';

/** Why a request is refused, as a part of a sentence; `undefined`: it is allowed. `allowed` is what its crate may reach. */
export function refusalOf(request: ProxyRequest, allowed: readonly AllowedEgress[]): string | undefined {
  const path = request.kind === 'plain' ? request.target.replace(/\?.*$/s, '') : '/';
  // A server might read such a path in another way; no policy can name it.
  if (/\/\.\.?(?:\/|$)|\/\/|[\\#;]|%(?:2e|2f|5c|00)/i.test(path))
    return 'its path can be read in more than one way';
  const hosts = allowed.filter(({ host }) => host === request.host);
  if (hosts.length === 0) return 'no policy lets it reach that host';
  const ports = hosts.filter(({ port }) => port === request.port);
  if (ports.length === 0) return 'no policy lets it reach that port';
  if (request.kind === 'tunnel') return undefined;
  const methods = ports.filter(({ methods: names }) => names.includes(request.method));
  if (methods.length === 0) return 'no policy lets it use that method';
  return methods.some((one) => isBelow(path, one.path)) ? undefined : 'no policy lets it ask for that path';
}

/** Part by part: `/v1` has `/v1` and `/v1/x`, not `/v10`; `/v1/` has what is below it alone. */
function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
