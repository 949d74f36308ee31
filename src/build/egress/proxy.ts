import { lookup } from 'node:dns/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { addressClass } from '../../facts/outgoing/address.ts';
import type { AllowedEgress } from '../../policy/build-allow.ts';
import type { Refused } from '../record/refusal.ts';
import { maxHello, readClientHello } from './client-hello.ts';
import { refusalOf } from './decide.ts';
import { HeadError, maxHead, type ProxyRequest, readHead } from './request-head.ts';

/** Whose code asks: each of `by` may have been it, and what all of them may reach. */
export interface Asker {
  readonly by: Refused;
  readonly allowed: readonly AllowedEgress[];
}

/** A request of a build to somewhere, as it is logged. */
export interface EgressEntry {
  /** Absent where it cannot be told. */
  readonly by?: Refused;
  readonly host?: string;
  readonly port?: number;
  /** Of plain HTTP. */
  readonly method?: string;
  readonly path?: string;
  /** Why it was refused, or cut off; absent: it was allowed. */
  readonly refused?: string;
  /** Bytes that were sent there, and that came from there. */
  readonly sent: number;
  readonly received: number;
}

export interface EgressOptions {
  /** Who made the connection with that inode; `undefined` where that cannot be told. */
  readonly askerOf: (inode: number) => Promise<Asker | undefined>;
  /** Bytes that may be sent out in all. */
  readonly most: number;
  /** Whether hosts may be at addresses that are not public. */
  readonly isPrivateAllowed: boolean;
  /** The addresses of a host; for tests. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/** A proxy for one build, at a UNIX socket that its relay leads to. */
export interface EgressProxy {
  /** In the order in which they came, each as it stands by now. */
  readonly entries: () => readonly EgressEntry[];
  readonly close: () => Promise<void>;
}

/** How long a client may take for what it asks, in milliseconds. */
const patience = 30_000;

type Writable = { -readonly [K in keyof EgressEntry]: EgressEntry[K] };

/** Opens it; names are looked up here, and nothing is connected to before it was allowed. */
export async function openEgressProxy(path: string, options: EgressOptions): Promise<EgressProxy> {
  const entries: Writable[] = [];
  const sockets = new Set<Socket>();
  const budget = { left: options.most };
  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    const entry: Writable = { sent: 0, received: 0 };
    entries.push(entry);
    serve(client, entry, options, budget, sockets).catch((error: unknown) => {
      entry.refused ??= error instanceof Refusal ? error.message : 'it could not be handed on';
      // Inside of a tunnel there is nobody to answer.
      if (error instanceof Refusal && error.isInTunnel) client.destroy();
      else answer(client, error instanceof Refusal ? 403 : 502, entry.refused);
    });
  });
  await new Promise<void>((listening, fail) => {
    server.once('error', fail);
    server.listen(path, listening);
  });
  return {
    entries: () => entries.map((entry) => ({ ...entry })),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

class Refusal extends Error {
  readonly isInTunnel: boolean;

  constructor(message: string, isInTunnel = false) {
    super(message);
    this.isInTunnel = isInTunnel;
  }
}

async function serve(
  client: Socket,
  entry: Writable,
  options: EgressOptions,
  budget: { left: number },
  sockets: Set<Socket>,
): Promise<void> {
  const input = new Input(client);
  const inode = Number((await input.until('\n', 32)).toString('latin1'));
  const head = await input.until('\r\n\r\n', maxHead);
  let request: ProxyRequest;
  try {
    request = readHead(head);
  } catch (error) {
    if (!(error instanceof HeadError)) throw error;
    const asker = await options.askerOf(inode);
    if (asker !== undefined) entry.by = asker.by;
    throw new Refusal(error.message);
  }
  entry.host = request.host;
  entry.port = request.port;
  if (request.kind === 'plain') {
    entry.method = request.method;
    entry.path = request.target.replace(/\?.*$/s, '');
  }
  const asker = await options.askerOf(inode);
  if (asker === undefined) throw new Refusal('whose code it was cannot be told');
  entry.by = asker.by;
  const refused = refusalOf(request, asker.allowed);
  if (refused !== undefined) throw new Refusal(refused);
  if (request.kind === 'plain' && request.length > budget.left) throw new Refusal(overBudget);
  const address = await addressOf(request.host, options);
  if (request.kind === 'tunnel') {
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    const hello = await helloOf(input);
    if (hello.host !== request.host) throw new Refusal(`in the tunnel it asks for ${hello.host}`, true);
    const outside = await dial(address, request.port, sockets);
    send(outside, Buffer.concat([hello.bytes, input.take()]), entry, budget, client);
    client.on('data', (bytes) => send(outside, bytes, entry, budget, client));
    client.on('end', () => outside.end());
    input.release();
    receive(outside, client, entry);
    return;
  }
  const outside = await dial(address, request.port, sockets);
  const place = request.port === 80 ? request.host : `${request.host}:${request.port}`;
  const lines = [
    `${request.method} ${request.target} HTTP/1.1`,
    `Host: ${place}`,
    ...request.headers.map(([name, value]) => `${name}: ${value}`),
    ...(request.length > 0 || /^(?:POST|PUT|PATCH)$/.test(request.method)
      ? [`Content-Length: ${request.length}`]
      : []),
    'Connection: close',
  ];
  send(outside, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), entry, budget, client);
  receive(outside, client, entry);
  // One request and no more: what follows its body is dropped.
  let left = request.length;
  const pass = (bytes: Buffer) => {
    const part = bytes.subarray(0, left);
    left -= part.length;
    if (part.length > 0) send(outside, part, entry, budget, client);
  };
  pass(input.take());
  client.on('data', pass);
  input.release();
}

const overBudget = 'the build has sent out as much as its policy lets it (build.egress-bytes)';

function send(
  outside: Socket,
  bytes: Buffer,
  entry: Writable,
  budget: { left: number },
  client: Socket,
): void {
  if (outside.destroyed) return;
  if (bytes.length > budget.left) {
    entry.refused = overBudget;
    budget.left = 0;
    outside.destroy();
    client.destroy();
    return;
  }
  budget.left -= bytes.length;
  entry.sent += bytes.length;
  if (!outside.write(bytes)) {
    client.pause();
    outside.once('drain', () => client.resume());
  }
}

function receive(outside: Socket, client: Socket, entry: Writable): void {
  outside.on('data', (bytes) => {
    entry.received += bytes.length;
    if (!client.write(bytes)) {
      outside.pause();
      client.once('drain', () => outside.resume());
    }
  });
  outside.on('end', () => client.end());
  outside.on('error', () => client.destroy());
  client.on('close', () => outside.destroy());
}

/** An address of a host, of which none may lead inwards: another one may be tried next time. */
async function addressOf(
  host: string,
  { isPrivateAllowed, resolve = resolved }: EgressOptions,
): Promise<string> {
  const addresses = await resolve(host).catch(() => []);
  const [first] = addresses;
  if (first === undefined) throw new Refusal('the host has no address');
  const inward = addresses.find((address) => addressClass(address) !== 'public');
  if (inward !== undefined && !isPrivateAllowed)
    throw new Refusal(`the host is at ${inward}, which is no public address (build.private-egress)`);
  return first;
}

async function resolved(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

async function dial(host: string, port: number, sockets: Set<Socket>): Promise<Socket> {
  const socket = connect({ host, port, timeout: patience, allowHalfOpen: true });
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  await new Promise<void>((connected, fail) => {
    socket.once('connect', connected);
    socket.once('error', fail);
    socket.once('timeout', () => socket.destroy(new Error('timeout')));
  });
  socket.setTimeout(0);
  socket.on('error', () => socket.destroy());
  return socket;
}

async function helloOf(input: Input): Promise<{ readonly host: string; readonly bytes: Buffer }> {
  for (;;) {
    const hello = readClientHello(input.peek());
    if (hello.kind === 'refused') throw new Refusal(`in the tunnel ${hello.reason}`, true);
    if (hello.kind === 'hello') return { host: hello.host, bytes: input.take() };
    await input.more(maxHello);
  }
}

function answer(client: Socket, code: 403 | 502, reason: string): void {
  if (client.destroyed) return;
  const text = `safeguard build: refused: ${reason}\n`;
  client.end(
    `HTTP/1.1 ${code} ${code === 403 ? 'Forbidden' : 'Bad Gateway'}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
  client.resume();
}

/** What a client says first, kept until it is understood. */
class Input {
  readonly #client: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #wake: (() => void) | undefined;
  readonly #onData = (bytes: Buffer) => {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#wake?.();
  };
  readonly #onEnd = () => {
    this.#isEnded = true;
    this.#wake?.();
  };

  constructor(client: Socket) {
    this.#client = client;
    client.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd);
  }

  peek(): Buffer {
    return this.#bytes;
  }

  take(): Buffer {
    const bytes = this.#bytes;
    this.#bytes = Buffer.alloc(0);
    return bytes;
  }

  /** Up to and with a mark. */
  async until(mark: string, most: number): Promise<Buffer> {
    for (;;) {
      const at = this.#bytes.indexOf(mark);
      if (at !== -1) {
        const found = this.#bytes.subarray(0, at + mark.length);
        this.#bytes = this.#bytes.subarray(at + mark.length);
        return found;
      }
      await this.more(most);
    }
  }

  async more(most: number): Promise<void> {
    if (this.#isEnded) throw new Refusal('it ended before it had said what it wants');
    if (this.#bytes.length > most) throw new Refusal('it says too much before what it wants');
    const before = this.#bytes.length;
    const late = setTimeout(() => this.#onEnd(), patience);
    await new Promise<void>((wake) => {
      this.#wake = wake;
    }).finally(() => clearTimeout(late));
    if (this.#bytes.length === before && this.#isEnded)
      throw new Refusal('it ended before it had said what it wants');
  }

  /** From here on others read what comes. */
  release(): void {
    this.#client.off('data', this.#onData);
  }
}
