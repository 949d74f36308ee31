import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { type DownloadOf, downloadUrl, indexPath } from '../../cargo/index-path.ts';
import { OutgoingClient } from '../../facts/outgoing/client.ts';
import { failureText, OutgoingError } from '../../facts/outgoing/error.ts';
import { machineStopwatch, type Stopwatch } from '../../facts/stopwatch.ts';
import { traced } from '../../facts/tracing.ts';
import { Transfer, type TransferLimits, transferLimits } from '../../facts/transfer.ts';
import type { ToldTime } from '../clock/guard.ts';
import { RegistryError } from '../error.ts';
import type { UpstreamAddress } from './address.ts';
import type { Credential } from './credential.ts';
import { Slots } from './slots.ts';

/** Validators of an index file that is already here. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type IndexAnswer =
  | {
      readonly kind: 'file';
      readonly bytes: Buffer;
      readonly etag: string | null;
      readonly lastModified: string | null;
    }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'absent' };

/** How the last contact went. Times are epoch milliseconds. */
export interface UpstreamHealth {
  readonly reachable: boolean | null;
  readonly lastContact: number | null;
  readonly lastError: string | null;
}

export interface UpstreamLimits {
  /** Bytes of one index file. */
  readonly maxIndexBytes: number;
  /** What each transfer has to keep to, an index file's and an archive's alike. */
  readonly transfer: TransferLimits;
}

/** Bounds that no honest registry meets: the largest index file of crates.io has about 15 MB. */
const defaultLimits: UpstreamLimits = { maxIndexBytes: 128 * 1024 * 1024, transfer: transferLimits };
/** Questions to an upstream under way at a time, downloads apart. */
const questions = 64;
/** Releases of an upstream that are fetched and read at a time: a client asks for a hundred at once, and each takes memory. */
const fetchesForClients = 8;
/** The same for what nobody waits for, which so takes no client's place. */
const fetchesForItself = 4;

export interface UpstreamOptions {
  readonly limits?: Partial<UpstreamLimits> | undefined;
  readonly stopwatch?: Stopwatch | undefined;
  /** Resolves names; absent: as the system does. */
  readonly lookup?: LookupFunction | undefined;
  /** By what it is noted when an answer told the time; absent: the stopwatch. */
  readonly monotonic?: (() => number) | undefined;
}

const configSchema = z.object({
  dl: z.string().min(1),
  api: z.string().nullish(),
  'auth-required': z.boolean().nullish(),
});
const userAgent = 'safeguard (a quarantining mirror)';

/**
 * Asks one upstream registry. Every method throws `RegistryError` where the upstream fails, which it also does by being
 * slow. Its slots are its own: what one upstream keeps waiting, no other one does.
 */
export class Upstream {
  readonly name: string;
  readonly index: string;
  /** Turns for fetching archives and judging them: for clients, and for what the mirror does by itself. */
  readonly fetches = { client: new Slots(fetchesForClients), itself: new Slots(fetchesForItself) } as const;
  readonly #questions = new Slots(questions);
  readonly #limits: UpstreamLimits;
  readonly #stopwatch: Stopwatch;
  readonly #monotonic: () => number;
  readonly #clock: () => number;
  readonly #client: OutgoingClient;
  readonly #origin: string;
  /** By the origin that alone is sent its token. */
  readonly #credentials = new Map<string, Credential>();
  #config: Promise<z.output<typeof configSchema>> | undefined;
  #told: ToldTime | undefined;
  #health: UpstreamHealth = { reachable: null, lastContact: null, lastError: null };

  constructor(
    address: UpstreamAddress,
    clock: () => number,
    { limits, stopwatch = machineStopwatch, monotonic = stopwatch.now, lookup }: UpstreamOptions = {},
  ) {
    this.name = address.name;
    this.index = address.index;
    this.#origin = new URL(address.index).origin;
    const { credential, downloads } = address;
    if (downloads !== undefined) this.#credentials.set(downloads.origin, downloads.credential);
    if (credential !== undefined) this.#credentials.set(this.#origin, credential);
    this.#limits = { ...defaultLimits, ...limits };
    this.#stopwatch = stopwatch;
    this.#monotonic = monotonic;
    this.#clock = clock;
    this.#client = new OutgoingClient({
      start: address.index,
      connections: 16,
      // How long anything may take is what a `Transfer` says.
      timeout: this.#limits.transfer.total,
      allowH2: true,
      ...(lookup === undefined ? {} : { lookup }),
    });
  }

  /** What its last answer said of the time, if it said something. */
  get told(): ToldTime | undefined {
    return this.#told;
  }

  get health(): UpstreamHealth {
    return this.#health;
  }

  /**
   * Reads a crate's index file; with validators, only if it changed. `absent` is the upstream's own 404, 410 or 451, or
   * a file without a line.
   */
  async indexFile(key: string, validators?: Validators): Promise<IndexAnswer> {
    const headers = {
      ...(validators?.etag ? { 'if-none-match': validators.etag } : {}),
      ...(validators?.lastModified ? { 'if-modified-since': validators.lastModified } : {}),
    };
    return await this.#ask(this.index + indexPath(key), headers, async (answer) => {
      switch (answer.status) {
        case 200: {
          const bytes = await answer.read(this.#limits.maxIndexBytes);
          // A crate without a line is none; and if that is said of many at once, the upstream has to prove its sanity.
          if (isBlank(bytes)) return { kind: 'absent' };
          const { etag, 'last-modified': lastModified } = answer.headers;
          return { kind: 'file', bytes, etag: single(etag), lastModified: single(lastModified) };
        }
        case 304:
          await answer.drop();
          return { kind: 'not-modified' };
        case 404:
        case 410:
        case 451:
          await answer.drop();
          return { kind: 'absent' };
        default:
          return await this.#refuse(answer, 'its index');
      }
    });
  }

  /** The bytes of a `.crate`, as they come. The caller checks their digest. */
  async download(release: DownloadOf): Promise<AsyncIterable<Uint8Array>> {
    const { dl } = await this.config();
    try {
      return await this.#downloadFrom(dl, release);
    } catch (error) {
      if (!isGone(error)) throw error;
      // Downloads may have moved since `config.json` was read.
      this.#config = undefined;
      const now = await this.config().catch(() => ({ dl }));
      if (now.dl === dl) throw error;
      return await this.#downloadFrom(now.dl, release);
    }
  }

  async #downloadFrom(dl: string, release: DownloadOf): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#get(downloadUrl(dl, release), {});
    if (answer.status !== 200) return await this.#refuse(answer, `${release.crate} ${release.version}`);
    return answer.pieces();
  }

  /** Asks the upstream's own search; `undefined` where it has no web API. */
  async search(query: string, perPage: number): Promise<unknown> {
    const { api } = await this.config();
    if (!api) return undefined;
    const url = new URL(`${api.replace(/\/$/, '')}/api/v1/crates`);
    url.searchParams.set('q', query);
    url.searchParams.set('per_page', String(perPage));
    return await this.#ask(url.href, {}, async (answer) => {
      if (answer.status !== 200) return await this.#refuse(answer, 'its search');
      return parseJson(await answer.read(4 * 1024 * 1024), 'its search answer');
    });
  }

  /** The upstream's `config.json`, asked once; a failure is asked again the next time. */
  config(): Promise<z.output<typeof configSchema>> {
    this.#config ??= this.#readConfig().catch((error: unknown) => {
      this.#config = undefined;
      throw error;
    });
    return this.#config;
  }

  /** Asks for `config.json` anew: whether the upstream answers as a registry does. */
  async probe(): Promise<void> {
    this.#config = undefined;
    await this.config();
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #readConfig(): Promise<z.output<typeof configSchema>> {
    const text = await this.#ask(`${this.index}config.json`, {}, async (answer) => {
      if (answer.status !== 200) return await this.#refuse(answer, 'config.json');
      return parseJson(await answer.read(64 * 1024), 'config.json');
    });
    const config = configSchema.safeParse(text);
    if (!config.success)
      throw new RegistryError('registry/bad-config', `${this.name}: its config.json names no "dl"`);
    if (!/^https?:\/\//.test(config.data.dl)) {
      throw new RegistryError(
        'registry/bad-config',
        `${this.name}: its config.json has a "dl" that is no http(s) address`,
      );
    }
    return config.data;
  }

  /** Asks and reads the answer whole, in its turn. */
  #ask<T>(url: string, headers: Record<string, string>, read: (answer: Answer) => Promise<T>): Promise<T> {
    return this.#questions.run(async () => await read(await this.#get(url, headers)));
  }

  #get(url: string, headers: Record<string, string>): Promise<Answer> {
    const said = () => {
      // What an upstream names may be no address.
      const address = URL.parse(url);
      return address === null ? {} : { 'server.address': address.host, 'url.path': address.pathname };
    };
    return traced('upstream GET', said, () => this.#getNow(url, headers), 'client');
  }

  async #getNow(url: string, headers: Record<string, string>): Promise<Answer> {
    const transfer = new Transfer(this.#limits.transfer, this.#stopwatch);
    const shown = { 'user-agent': userAgent, 'cargo-protocol': 'version=1', accept: '*/*', ...headers };
    try {
      let last: Asked = { origin: this.#origin, token: undefined };
      const own = async (origin: string) => {
        last = { origin, token: await this.#credentials.get(origin)?.authorization(this.#clock()) };
        return last.token === undefined ? undefined : { authorization: last.token };
      };
      const ask = () =>
        transfer.during(this.#client.get(url, { headers: shown, own, signal: transfer.signal }));
      let answer = await ask();
      const credential = this.#credentials.get(last.origin);
      if (answer.statusCode === 401 && credential !== undefined) {
        // A token from a file or a command may have been replaced since it was read.
        credential.renew();
        if ((await credential.authorization(this.#clock())) !== last.token) {
          await answer.body.dump().catch(() => undefined);
          answer = await ask();
        }
      }
      this.#health = { reachable: answer.statusCode < 500, lastContact: this.#clock(), lastError: null };
      this.#noteTime(answer.headers);
      return this.#answer(answer, transfer, last.origin);
    } catch (error) {
      transfer.end();
      throw this.#failed(error);
    }
  }

  /** A cache in between says how old its answer is (RFC 9111, section 5.1). */
  #noteTime({ date, age }: Dispatcher.ResponseData['headers']): void {
    const time = Date.parse(single(date) ?? '') + Number(single(age) ?? 0) * 1000;
    if (Number.isNaN(time)) return;
    this.#told = { ahead: time - this.#clock(), at: this.#monotonic() };
  }

  #answer(
    { statusCode: status, headers, body }: Dispatcher.ResponseData,
    transfer: Transfer,
    origin: string,
  ): Answer {
    return {
      origin,
      status,
      headers,
      pieces: () => this.#watched(transfer.pieces(body)),
      read: async (limit) => {
        const tooLong = () =>
          new RegistryError('registry/too-large', `${this.name} sent more than ${limit} bytes`);
        try {
          return await transfer.whole(body, limit, tooLong);
        } catch (error) {
          throw this.#failed(error);
        }
      },
      drop: async () => {
        // What it says beside its status is of no use, nor is how that ends.
        await transfer.during(body.dump()).catch(() => undefined);
        transfer.end();
      },
    };
  }

  /** The same bytes; an end before the end becomes a `RegistryError`. */
  async *#watched(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): RegistryError {
    if (error instanceof RegistryError) {
      if (error.code === 'registry/unauthorised')
        this.#health = { ...this.#health, lastError: error.message };
      return error;
    }
    const lastError = failureText(error);
    if (error instanceof OutgoingError) {
      this.#health = { ...this.#health, lastError };
      return new RegistryError('registry/not-followed', `${this.name} is not followed: ${lastError}`);
    }
    this.#health = { ...this.#health, reachable: false, lastError };
    const message = `${this.name} cannot be reached: ${lastError}`;
    return new RegistryError('registry/unreachable', message, { cause: error });
  }

  async #refuse(answer: Answer, what: string): Promise<never> {
    await answer.drop();
    const { status } = answer;
    const problem = await this.#problemOfToken(answer);
    if (problem !== undefined) {
      this.#health = { ...this.#health, lastError: problem };
      const message = `${this.name} answered ${status} for ${what}: ${problem}`;
      throw new RegistryError('registry/unauthorised', message, { status });
    }
    const retryAfter = Number(single(answer.headers['retry-after']) ?? Number.NaN);
    this.#health = { ...this.#health, lastError: `status ${status} for ${what}` };
    throw new RegistryError('registry/refused', `${this.name} answered ${status} for ${what}`, {
      status,
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    });
  }

  /** What an answer of 401 or 403 means. Storage of public registries answers 403 for what is not there: that says nothing. */
  async #problemOfToken({ status, origin }: Answer): Promise<string | undefined> {
    if (status !== 401 && status !== 403) return undefined;
    const isAsked =
      status === 401 || (await this.#config?.catch(() => undefined))?.['auth-required'] === true;
    if (this.#credentials.has(origin))
      return problemOf(status, origin === this.#origin ? 'it' : 'the host of its downloads');
    if (origin !== this.#origin && (isAsked || this.#credentials.size > 0))
      return 'its downloads are at another host than its index, and a token is sent to that of the index alone: name the other host and its token in [upstream.downloads] below its [[upstream]] of server.toml';
    return isAsked
      ? 'it wants a token: name one in its [[upstream]] of server.toml (token-env, token-file or token-command), or set SAFEGUARD_UPSTREAM_TOKEN for the default upstream'
      : undefined;
  }
}

/** Where a request went last, and what was said there. */
interface Asked {
  readonly origin: string;
  readonly token: string | undefined;
}

function problemOf(status: 401 | 403, who: string): string {
  return status === 401
    ? `${who} does not take the token that is configured for it`
    : `the token that is configured for ${who} may not read this`;
}

/** An answer whose head is here. It is read, dropped, or taken piece by piece, once. */
interface Answer {
  readonly status: number;
  /** Who gave it, at the end of redirects. */
  readonly origin: string;
  readonly headers: Dispatcher.ResponseData['headers'];
  pieces(): AsyncIterable<Uint8Array>;
  /** The whole body. Throws `registry/too-large` past `limit` bytes. */
  read(limit: number): Promise<Buffer>;
  drop(): Promise<void>;
}

/** Whether an address answers as one that nothing is at any more, unlike one that is busy or broken. */
function isGone(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  if (error.code === 'registry/unreachable' || error.code === 'registry/not-followed') return true;
  return error.status !== undefined && error.status < 500 && error.status !== 429;
}

function parseJson(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new RegistryError('registry/bad-config', `${what} is not JSON`, { cause: error });
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09);
}

function single(header: string | string[] | undefined): string | null {
  return (Array.isArray(header) ? header[0] : header) ?? null;
}
