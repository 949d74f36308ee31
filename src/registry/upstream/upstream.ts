import { Agent, type Dispatcher, interceptors } from 'undici';
import { z } from 'zod';
import { type DownloadOf, downloadUrl, indexPath } from '../../cargo/index-path.ts';
import { RegistryError } from '../error.ts';

/** An upstream registry: its name here and the address of its sparse index. */
export interface UpstreamAddress {
  readonly name: string;
  /** URL of the sparse index, with a trailing `/` and without `sparse+`. */
  readonly index: string;
}

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
  /** Milliseconds until headers must have come, and between two pieces of a body. */
  readonly timeout: number;
}

/** Bounds that no honest registry meets: the largest index file of crates.io has about 15 MB. */
export const defaultLimits: UpstreamLimits = { maxIndexBytes: 128 * 1024 * 1024, timeout: 30_000 };

const configSchema = z.object({
  dl: z.string().min(1),
  api: z.string().nullish(),
  'auth-required': z.boolean().nullish(),
});
const userAgent = 'safeguard (a quarantining mirror)';

/** Asks one upstream registry. Every method throws `RegistryError` where the upstream fails. */
export class Upstream {
  readonly name: string;
  readonly index: string;
  readonly #limits: UpstreamLimits;
  readonly #clock: () => number;
  readonly #agent: Dispatcher;
  readonly #pool: Agent;
  #config: Promise<z.output<typeof configSchema>> | undefined;
  #health: UpstreamHealth = { reachable: null, lastContact: null, lastError: null };

  constructor(address: UpstreamAddress, clock: () => number, limits: UpstreamLimits = defaultLimits) {
    this.name = address.name;
    this.index = address.index;
    this.#limits = limits;
    this.#clock = clock;
    this.#pool = new Agent({
      connections: 16,
      headersTimeout: limits.timeout,
      bodyTimeout: limits.timeout,
      connect: { timeout: Math.min(limits.timeout, 10_000) },
      allowH2: true,
    });
    this.#agent = this.#pool.compose(interceptors.redirect({ maxRedirections: 5 }));
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
    const answer = await this.#get(this.index + indexPath(key), headers);
    switch (answer.statusCode) {
      case 200: {
        const bytes = await this.#readBody(answer.body, this.#limits.maxIndexBytes);
        // A crate without a line is none; and if that is said of many at once, the upstream has to prove its sanity.
        if (isBlank(bytes)) return { kind: 'absent' };
        const { etag, 'last-modified': lastModified } = answer.headers;
        return { kind: 'file', bytes, etag: single(etag), lastModified: single(lastModified) };
      }
      case 304:
        await answer.body.dump();
        return { kind: 'not-modified' };
      case 404:
      case 410:
      case 451:
        await answer.body.dump();
        return { kind: 'absent' };
      default:
        return await this.#refuse(answer, 'its index');
    }
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
    if (answer.statusCode !== 200) return await this.#refuse(answer, `${release.crate} ${release.version}`);
    return this.#watched(answer.body);
  }

  /** Asks the upstream's own search; `undefined` where it has no web API. */
  async search(query: string, perPage: number): Promise<unknown> {
    const { api } = await this.config();
    if (!api) return undefined;
    const url = new URL(`${api.replace(/\/$/, '')}/api/v1/crates`);
    url.searchParams.set('q', query);
    url.searchParams.set('per_page', String(perPage));
    const answer = await this.#get(url.href, {});
    if (answer.statusCode !== 200) return await this.#refuse(answer, 'its search');
    return parseJson(await this.#readBody(answer.body, 4 * 1024 * 1024), 'its search answer');
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
    return this.#pool.destroy();
  }

  async #readConfig(): Promise<z.output<typeof configSchema>> {
    const answer = await this.#get(`${this.index}config.json`, {});
    if (answer.statusCode !== 200) return await this.#refuse(answer, 'config.json');
    const config = configSchema.safeParse(
      parseJson(await this.#readBody(answer.body, 64 * 1024), 'config.json'),
    );
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

  async #get(url: string, headers: Record<string, string>): Promise<Dispatcher.ResponseData> {
    try {
      const { origin, pathname, search } = new URL(url);
      const answer = await this.#agent.request({
        origin,
        path: pathname + search,
        method: 'GET',
        headers: { 'user-agent': userAgent, 'cargo-protocol': 'version=1', accept: '*/*', ...headers },
      });
      this.#health = { reachable: answer.statusCode < 500, lastContact: this.#clock(), lastError: null };
      return answer;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async #readBody(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of this.#watched(body)) {
      size += part.length;
      if (size > limit)
        throw new RegistryError('registry/too-large', `${this.name} sent more than ${limit} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts, size);
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
    if (error instanceof RegistryError) return error;
    const reason = reasonOf(error);
    this.#health = { ...this.#health, reachable: false, lastError: reason };
    return new RegistryError('registry/unreachable', `${this.name} cannot be reached: ${reason}`, {
      cause: error,
    });
  }

  async #refuse(answer: Dispatcher.ResponseData, what: string): Promise<never> {
    await answer.body.dump().catch(() => undefined);
    const status = answer.statusCode;
    const retryAfter = Number(single(answer.headers['retry-after']) ?? Number.NaN);
    this.#health = { ...this.#health, lastError: `status ${status} for ${what}` };
    throw new RegistryError('registry/refused', `${this.name} answered ${status} for ${what}`, {
      status,
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    });
  }
}

/**
 * The address of an upstream given as a registry's name (`crates.io`) or as a URL. A name becomes `index.` + name.
 * Throws `RegistryError` `registry/bad-config` for anything else.
 */
export function upstreamAddress(nameOrUrl: string, name?: string): UpstreamAddress {
  const text = nameOrUrl.replace(/^sparse\+/, '');
  if (/^https?:\/\//.test(text)) {
    const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
    if (url !== null) return { name: name ?? url.host, index: url.href };
  } else if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text)) {
    return { name: name ?? text, index: `https://index.${text}/` };
  }
  throw new RegistryError(
    'registry/bad-config',
    `"${nameOrUrl}" is no upstream: give a registry's name, such as crates.io, or the URL of its sparse index`,
  );
}

/** Whether an address answers as one that nothing is at any more, unlike one that is busy or broken. */
function isGone(error: unknown): boolean {
  if (!(error instanceof RegistryError)) return false;
  if (error.code === 'registry/unreachable') return true;
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

/** The innermost cause's own words: `connect ECONNREFUSED …` rather than `fetch failed`. */
function reasonOf(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (at instanceof AggregateError && at.errors[0] instanceof Error) return at.errors[0].message;
  return at instanceof Error ? at.message || at.name : String(at);
}
