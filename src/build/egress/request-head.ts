/** What a client asks the proxy for: a tunnel, or one plain request. */
export type ProxyRequest =
  | { readonly kind: 'tunnel'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'plain';
      readonly method: string;
      readonly host: string;
      readonly port: number;
      /** With its query. */
      readonly target: string;
      /** Those that are handed on. */
      readonly headers: readonly (readonly [name: string, value: string])[];
      /** Bytes of the body. */
      readonly length: number;
    };

/** Why a request is not understood; a part of a sentence. `request` is what of it could be told. */
export class HeadError extends Error {
  override readonly name = 'HeadError';
}

/** The longest head that is read, in bytes. */
export const maxHead = 16_384;

/** Headers that are about this connection alone (RFC 9110, section 7.6.1), or that whoever forwards writes itself. */
const own: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'host',
  'content-length',
]);

/**
 * Reads the head of a request to a proxy (RFC 9112, sections 3.2.2 and 3.2.3), which ends with an empty line. One that
 * two readers could understand in two ways is refused: `HeadError`.
 */
export function readHead(bytes: Uint8Array): ProxyRequest {
  const text = Buffer.from(bytes).toString('latin1');
  const lines = text.split('\r\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just those are refused.
  if (/[\0\x01-\x08\x0b-\x1f\x7f-\xff]/.test(lines.join('')) || text.replaceAll('\r\n', '').includes('\n'))
    throw new HeadError('its head has bytes that no head has');
  const [, method, target = ''] = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(lines[0] ?? '') ?? [];
  if (method === undefined) throw new HeadError('its first line is none of HTTP/1');
  const headers = lines.slice(1).flatMap((line): readonly (readonly [string, string])[] => {
    if (line === '') return [];
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) throw new HeadError('a line of its head is no header');
    return [[name, value]];
  });
  const all = (wanted: string) =>
    headers.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
  const hosts = all('host');
  if (hosts.length > 1) throw new HeadError('it names its host more than once');
  if (all('transfer-encoding').length > 0)
    throw new HeadError('it has no length of its own (Transfer-Encoding), which is not handed on');
  if (all('upgrade').length > 0) throw new HeadError('it asks for another protocol (Upgrade)');
  const lengths = all('content-length');
  if (lengths.length > 1 || !/^\d{1,15}$/.test(lengths[0] ?? '0'))
    throw new HeadError('it says its length more than once, or none that is one');
  const length = Number(lengths[0] ?? '0');
  if (method === 'CONNECT') {
    if (length > 0) throw new HeadError('a tunnel has no body');
    const place = authority(target);
    if (place?.port === undefined) throw new HeadError('it names no host and port');
    const said = hosts[0] === undefined ? undefined : authority(hosts[0]);
    if (hosts[0] !== undefined && (said?.host !== place.host || (said.port ?? place.port) !== place.port))
      throw new HeadError('it names two hosts');
    return { kind: 'tunnel', host: place.host, port: place.port };
  }
  const [, where, path = '/'] = /^http:\/\/([^/?#@]+)([/?][^#]*)?$/.exec(target) ?? [];
  const place = where === undefined ? undefined : authority(where);
  if (place === undefined) throw new HeadError('it names no host as a proxy is told it (http://HOST/…)');
  const port = place.port ?? 80;
  const said = hosts[0] === undefined ? undefined : authority(hosts[0]);
  if (hosts[0] === undefined || said?.host !== place.host || (said.port ?? 80) !== port)
    throw new HeadError('its Host is another than that of its address');
  const named = new Set(all('connection').flatMap((value) => value.toLowerCase().split(/[ \t]*,[ \t]*/)));
  return {
    kind: 'plain',
    method,
    host: place.host,
    port,
    target: path.startsWith('?') ? `/${path}` : path,
    headers: headers.filter(([name]) => !own.has(name.toLowerCase()) && !named.has(name.toLowerCase())),
    length,
  };
}

/** `host`, `host:80`. Names alone: an address in brackets is none. */
function authority(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const [, host, port] = /^([A-Za-z0-9_.-]{1,253})(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  return { host: host.toLowerCase(), port: port === undefined ? undefined : Number(port) };
}
