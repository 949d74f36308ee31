import type { FastifyRequest } from 'fastify';
import type { ServerParts } from './parts.ts';

/** Where one registry is served: the default one at the top, every other under its name. */
export function registryPath(parts: ServerParts, registry: string): string {
  return registry === parts.defaultRegistry ? '' : `/registries/${registry}`;
}

/** Where a release can be looked up, below the server's address. */
export function releasePage(
  base: string,
  defaultRegistry: string,
  {
    registry,
    crate,
    version,
  }: { readonly registry: string; readonly crate: string; readonly version: string },
): string {
  const query = registry === defaultRegistry ? '' : `?registry=${registry}`;
  return `${base}/releases/${crate}/${version}${query}`;
}

/** Host and port under which a client reaches this server. */
export function hostOf(parts: Pick<ServerParts, 'publicUrl'>, request: FastifyRequest): string {
  return parts.publicUrl === undefined ? namedHost(request) : new URL(parts.publicUrl).host;
}

/** As the request itself has it: proxies that are trusted with addresses may pass on an `X-Forwarded-Host` of whoever sends one. */
function namedHost({ headers }: FastifyRequest): string {
  return headers.host ?? String(headers[':authority'] ?? '');
}

/**
 * The address under which a client reaches this server, without a trailing `/`: the configured one, else what the
 * client itself sent as Host. `undefined` for a Host that is none.
 */
export function baseUrl(parts: ServerParts, request: FastifyRequest): string | undefined {
  if (parts.publicUrl !== undefined) return parts.publicUrl;
  const host = namedHost(request);
  return /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host)
    ? `${request.protocol}://${host}`
    : undefined;
}

/** The addresses of the indexes that this server serves, as this client names them, with the upstream that each stands for. */
export function ownIndexes(parts: ServerParts, request: FastifyRequest): ReadonlyMap<string, string> {
  const base = baseUrl(parts, request);
  const names = base === undefined ? [] : [...parts.mirror.context.upstreams.keys()];
  return new Map(names.map((name) => [`${base}${registryPath(parts, name)}/index/`, name]));
}
