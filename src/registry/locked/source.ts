import { CargoError } from '../../cargo/error.ts';
import { isCratesIo, parseSourceId, type SourceId } from '../../cargo/source-id.ts';
import type { UpstreamAddress } from '../upstream/address.ts';

/**
 * The upstream that a lockfile's source means; `undefined` for what this mirror has no sight of. Source replacement keeps
 * the name of crates.io in a lockfile, so that means the default upstream. `own` are further addresses of indexes, such as
 * those under which this mirror serves them itself.
 */
export function upstreamOfSource(
  text: string,
  upstreams: readonly UpstreamAddress[],
  own: ReadonlyMap<string, string> = new Map(),
): string | undefined {
  const source = trySource(text);
  if (source === undefined || (source.kind !== 'registry' && source.kind !== 'sparse')) return undefined;
  if (isCratesIo(source)) return upstreams[0]?.name;
  const url = withSlash(source.url);
  return own.get(url) ?? upstreams.find(({ index }) => index === url)?.name;
}

function trySource(text: string): SourceId | undefined {
  try {
    return parseSourceId(text);
  } catch (error) {
    if (error instanceof CargoError) return undefined;
    throw error;
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
