import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Agent, Dispatcher } from 'undici';
import { type AddressClass, addressClass } from './address.ts';
import { OutgoingError } from './error.ts';

/** How a client asks. Times are milliseconds. */
export interface OutgoingOptions {
  /** The address that an operator configured: everything else is where its answers lead. */
  readonly start: string;
  /** Until headers must have come, and between two pieces of a body. */
  readonly timeout: number;
  readonly connectTimeout?: number;
  readonly connections?: number;
  readonly allowH2?: boolean;
  /** Resolves names; absent: as the system does. */
  readonly lookup?: LookupFunction;
}

/** What is asked besides the URL. */
export interface OutgoingRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that one origin alone (scheme, host and port) may see; it is asked for each that the request goes to. */
  readonly own?: ((origin: string) => Promise<Readonly<Record<string, string>> | undefined>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Redirects that are followed for one request. */
const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks one configured address and, as far as that is safe, those that its answers lead to. Where it leads is checked
 * when a connection is made, so that a name which resolves otherwise later does not pass: to public addresses; to
 * private ones only where the configured address is itself on a private network; to this machine or its link only
 * where the configured address is there too. Never from https to http.
 */
export class OutgoingClient {
  readonly #start: URL;
  readonly #options: OutgoingOptions;
  /** Made, and its library read, when something is asked: a command whose answers are all kept asks nothing. */
  #agent: Promise<Agent> | undefined;
  /** What the configured host was found to be at the first connection. A public one never becomes a private one. */
  #own: AddressClass | undefined;

  constructor(options: OutgoingOptions) {
    this.#start = new URL(options.start);
    this.#options = options;
  }

  async #open(): Promise<Agent> {
    const { Agent, buildConnector } = await import('undici');
    const options = this.#options;
    const { timeout, connections = null, allowH2 = false } = options;
    const connect = buildConnector({
      timeout: options.connectTimeout ?? Math.min(timeout, 10_000),
      allowH2,
      // What undici hands on to `net.connect`, which asks it for names only.
      ...({ lookup: this.#guardedLookup(options.lookup ?? systemLookup) } as object),
    });
    return new Agent({
      connections,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      allowH2,
      connect: (to, callback) => {
        const kind = addressClass(to.hostname);
        if (kind === undefined || this.#admits(to.hostname, [kind])) return connect(to, callback);
        callback(notPublic(kind), null);
      },
    });
  }

  /**
   * The answer to a GET, after redirects. Throws `OutgoingError` where an answer leads to where nothing is asked, and
   * what undici throws where nothing answers.
   */
  async get(url: string, { headers, own, signal }: OutgoingRequest): Promise<Dispatcher.ResponseData> {
    let at = new URL(url);
    this.#agent ??= this.#open();
    const agent = await this.#agent;
    if (this.#start.protocol === 'https:') refuseDowngrade(at);
    for (let hop = 0; ; hop++) {
      const { origin, pathname, search } = at;
      const answer = await agent.request({
        origin,
        path: pathname + search,
        method: 'GET',
        headers: { ...headers, ...(await own?.(origin)) },
        signal: signal ?? null,
      });
      const { location } = answer.headers;
      if (!redirects.has(answer.statusCode) || typeof location !== 'string') return answer;
      await answer.body.dump().catch(() => undefined);
      if (hop === maxRedirects)
        throw new OutgoingError('outgoing/redirects', `it redirects more than ${maxRedirects} times`);
      const next = URL.parse(location, at.href);
      if (next === null || !/^https?:$/.test(next.protocol) || next.username !== '' || next.password !== '')
        throw new OutgoingError('outgoing/redirects', 'it redirects to what is no plain http(s) address');
      if (at.protocol === 'https:') refuseDowngrade(next);
      at = next;
    }
  }

  async close(): Promise<void> {
    await (await this.#agent)?.destroy();
  }

  /** Whether a connection to one of these addresses may be made. Learns what the configured host is. */
  #admits(hostname: string, kinds: readonly AddressClass[]): boolean {
    const isStart = bare(hostname) === bare(this.#start.hostname);
    if (isStart && this.#own === undefined) {
      // Where a name has several addresses, the strictest reading of them.
      this.#own = kinds.find((kind) => kind === 'public') ?? kinds[0];
      return true;
    }
    return kinds.some((kind) => mayLead(this.#own ?? 'public', kind));
  }

  #guardedLookup(lookup: LookupFunction): LookupFunction {
    return (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null) return callback(error, '', 4);
        const addresses = Array.isArray(found) ? found : [];
        const kindOf = (address: string) => addressClass(address) ?? 'reserved';
        const all = addresses.map(({ address }) => kindOf(address));
        if (!this.#admits(hostname, all)) return callback(notPublic(all[0] ?? 'reserved'), '', 4);
        const admitted = addresses.filter(({ address }) => this.#admits(hostname, [kindOf(address)]));
        const [first] = admitted;
        if (first === undefined) return callback(notPublic(all[0] ?? 'reserved'), '', 4);
        if (options.all === true) callback(null, admitted);
        else callback(null, first.address, first.family);
      });
    };
  }
}

/** Whether answers of a host in a network of the first class are followed to an address of the second. */
function mayLead(from: AddressClass, to: AddressClass): boolean {
  if (to === 'public' || to === from) return true;
  return to === 'private' && from !== 'public' && from !== 'reserved';
}

function notPublic(kind: AddressClass): OutgoingError {
  return new OutgoingError('outgoing/not-public', `it leads to an address that is not public (${kind})`);
}

function refuseDowngrade({ protocol }: URL): void {
  if (protocol !== 'https:')
    throw new OutgoingError('outgoing/not-secret', 'it leads from https to an address without it');
}

function bare(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}
