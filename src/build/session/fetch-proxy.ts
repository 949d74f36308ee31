import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, request } from 'undici';

/** The proxy of a fetch: what cargo asks for at `origin` goes to the server with the session, which cargo never sees. */
export interface FetchProxy {
  /** For `CARGO_HTTP_PROXY`. */
  readonly url: string;
  /** From then on nothing is asked with the session. */
  readonly close: () => Promise<void>;
}

export interface FetchProxyInput {
  /** Without a trailing `/`. */
  readonly server: string;
  readonly session: string;
  /** As `sessionSources` has it. */
  readonly origin: string;
  /** Ways to the server, and to everything else (git repositories, other registries). */
  readonly dispatcher: Dispatcher;
  readonly besides: Dispatcher;
  /** The proxy of this machine's environment, for tunnels to elsewhere. */
  readonly next?: string | undefined;
}

/** What of an answer cargo is given. */
const passedOn = [
  'etag',
  'last-modified',
  'content-type',
  'content-encoding',
  'content-length',
  'cache-control',
  'retry-after',
  'location',
];

/** Opens it on loopback. */
export async function openFetchProxy(input: FetchProxyInput): Promise<FetchProxy> {
  const sockets = new Set<Duplex>();
  const server = createServer((asked, answer) => {
    serve(input, asked, answer).catch((error: unknown) => {
      if (answer.headersSent) answer.destroy();
      else say(answer, 502, `the mirror does not answer: ${(error as Error).message}`);
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('connect', (asked, client: Duplex, head: Buffer) => {
    const outside = tunnel(asked.url ?? '', input.next);
    sockets.add(outside);
    outside.on('close', () => {
      sockets.delete(outside);
      client.destroy();
    });
    outside.on('error', () => client.destroy());
    client.on('error', () => outside.destroy());
    client.on('close', () => outside.destroy());
    outside.once('connect', () => {
      if (input.next === undefined) client.write('HTTP/1.1 200 OK\r\n\r\n');
      if (head.length > 0) outside.write(head);
      client.pipe(outside);
      outside.pipe(client);
    });
  });
  await new Promise<void>((listening, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function serve(input: FetchProxyInput, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const url = URL.parse(asked.url ?? '');
  if (url === null || url.protocol !== 'http:' || (asked.method !== 'GET' && asked.method !== 'HEAD'))
    return say(answer, 403, 'this proxy fetches, and does nothing else');
  const isOwn = url.origin === input.origin;
  const path = `${url.pathname}${url.search}`;
  // The rest of the server's API is no business of a fetch.
  if (isOwn && !/^\/(?:registries\/[^/]+\/)?(?:index|crates)\//.test(path))
    return say(answer, 403, 'a session fetches crates, and opens nothing else');
  const {
    host: _,
    connection: __,
    'proxy-connection': ___,
    'proxy-authorization': ____,
    upgrade: _____,
    'http2-settings': ______,
    authorization,
    ...headers
  } = asked.headers;
  const got = await request(isOwn ? `${input.server}${path}` : url, {
    method: asked.method,
    dispatcher: isOwn ? input.dispatcher : input.besides,
    headers: {
      ...headers,
      ...(isOwn ? { authorization: input.session } : authorization === undefined ? {} : { authorization }),
      ...(isOwn && path.endsWith('/index/config.json') ? { 'accept-encoding': 'identity' } : {}),
    },
  });
  if (isOwn && path.endsWith('/index/config.json') && got.statusCode === 200) {
    const text = configFor(await got.body.text(), path, input.origin);
    answer.writeHead(200, { 'content-type': 'application/json' }).end(text);
    return;
  }
  const kept = passedOn.flatMap((name) => {
    const value = got.headers[name];
    return value === undefined ? [] : [[name, value]];
  });
  answer.writeHead(got.statusCode, Object.fromEntries(kept));
  await pipeline(got.body, answer);
}

/**
 * The registry's configuration (cargo: `RegistryConfig`) with its downloads here, by whatever address it names them,
 * and no word of tokens.
 */
function configFor(text: string, path: string, origin: string): string {
  const { dl, api: _, 'auth-required': __, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const at = path.replace(/index\/config\.json$/, 'crates');
  const from = String(dl).lastIndexOf(at);
  return JSON.stringify({ ...rest, dl: from === -1 ? dl : `${origin}${String(dl).slice(from)}` });
}

function tunnel(target: string, next: string | undefined): Socket {
  const place = URL.parse(next ?? `http://${target}`);
  const socket = connect({
    host: place?.hostname.replace(/^\[|\]$/g, '') ?? '',
    port: Number(place?.port || 80),
  });
  const user = place?.username ?? '';
  const word =
    user === ''
      ? ''
      : `Proxy-Authorization: Basic ${Buffer.from(`${decodeURIComponent(user)}:${decodeURIComponent(place?.password ?? '')}`).toString('base64')}\r\n`;
  if (next !== undefined)
    socket.once('connect', () =>
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${word}\r\n`),
    );
  return socket;
}

function say(answer: ServerResponse, status: number, reason: string): void {
  answer
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
    .end(`safeguard build: ${reason}\n`);
}
