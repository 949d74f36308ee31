import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, type Dispatcher } from 'undici';
import { traced } from '../../facts/tracing.ts';
import { StoreError } from '../error.ts';

/** A bucket of an S3-compatible store, and who asks it. */
export interface BucketAddress {
  /** Endpoint and bucket: `https://s3.example.com/crates`, or `https://crates.s3.example.com`. */
  readonly url: string;
  /** What the names of all objects begin with; any text. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string | undefined;
}

/** What a bucket needs of its surroundings; absent: the machine's own. */
export interface BucketPorts {
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** Resolves after so many milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** What is asked of one object. */
export interface ObjectRequest {
  readonly method: 'GET' | 'PUT' | 'HEAD' | 'DELETE';
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its bytes, anew for each try, with their SHA-256 (hex) and their number. */
  readonly body?: {
    readonly open: () => Dispatcher.DispatchOptions['body'];
    readonly sha256: string;
    readonly size: number;
  };
}

export interface ObjectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Dispatcher.ResponseData['body'];
}

/** Tries of one request, and the longest pause between two: milliseconds. */
const tries = 8;
const longest = 20_000;

const nothing = createHash('sha256').digest('hex');

/**
 * Asks for objects of one bucket, each request signed (AWS Signature Version 4) with the SHA-256 of its bytes in `x-amz-content-sha256`,
 * which the store checks: no trailers, no checksum headers of its own kind, which not every store knows.
 */
export class Bucket {
  readonly #address: BucketAddress;
  readonly #agent = new Agent({
    connect: { timeout: 10_000 },
    headersTimeout: 30_000,
    bodyTimeout: 60_000,
  });
  readonly #ports: Required<BucketPorts>;

  constructor(address: BucketAddress, ports: BucketPorts = {}) {
    this.#address = address;
    this.#ports = {
      clock: ports.clock ?? Date.now,
      wait: ports.wait ?? ((time) => new Promise((resolve) => setTimeout(resolve, time))),
      random: ports.random ?? Math.random,
    };
  }

  #lastError: string | null = null;

  /** Why it failed when it was last asked; `null`: it did not. */
  get lastError(): string | null {
    return this.#lastError;
  }

  /** The bucket, for people. */
  get name(): string {
    return this.#address.url;
  }

  /**
   * One answer, with its body still to be read: of a status below 400, 404 for an object that is not there, or 412 for one that is. What
   * passes (`SlowDown`, other 5xx, a cut connection) is tried again after pauses that grow and are not the same for all. Throws
   * `StoreError` `store/unreachable`.
   */
  ask(request: ObjectRequest): Promise<ObjectAnswer> {
    return traced(`bucket ${request.method}`, { object: request.name }, () => this.#ask(request), 'client');
  }

  async #ask(request: ObjectRequest): Promise<ObjectAnswer> {
    for (let tried = 1; ; tried++) {
      const said = await this.#try(request);
      if ('answer' in said) {
        this.#lastError = null;
        return said.answer;
      }
      if (!said.passes || tried === tries) {
        const message = `The bucket ${this.name} cannot be used: ${said.why}.`;
        this.#lastError = message;
        throw new StoreError('store/unreachable', message, { cause: said.cause });
      }
      const pause = Math.min(longest, 100 * 2 ** tried) * (0.5 + this.#ports.random() / 2);
      await this.#ports.wait(Math.max(pause, said.after ?? 0));
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #try(request: ObjectRequest): Promise<Tried> {
    const { method, body } = request;
    const { url, headers } = await this.#signed(request);
    let answer: Dispatcher.ResponseData;
    try {
      answer = await this.#agent.request({
        origin: url.origin,
        path: url.pathname,
        method,
        headers: {
          ...Object.fromEntries(headers),
          ...(body === undefined ? {} : { 'content-length': String(body.size) }),
        },
        body: body?.open() ?? null,
      });
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      return { passes: true, why: `it does not answer (${code ?? message})`, cause };
    }
    const { statusCode: status } = answer;
    if (status < 300 || status === 412 || (status === 404 && method === 'HEAD'))
      return { answer: { status, headers: answer.headers, body: answer.body } };
    const text = await answer.body.text().catch(() => '');
    const code = /<Code>([A-Za-z0-9]{1,60})<\/Code>/.exec(text)?.[1] ?? `status ${status}`;
    if (status === 404 && code !== 'NoSuchBucket')
      return { answer: { status, headers: answer.headers, body: answer.body } };
    const after = Number(answer.headers['retry-after']);
    return {
      passes: passing.has(status) || code === 'ConditionalRequestConflict' || code === 'RequestTimeout',
      why: `it answers ${code}${hints[code] ?? ''}`,
      ...(Number.isFinite(after) ? { after: Math.min(longest, after * 1000) } : {}),
    };
  }

  async #signed({
    method,
    name,
    headers = {},
    body,
  }: ObjectRequest): Promise<{ url: URL; headers: Headers }> {
    const { url, prefix, region, accessKey, secretKey, sessionToken } = this.#address;
    const signer = new AwsV4Signer({
      method,
      url: `${url.replace(/\/$/, '')}/${encoded(prefix + name)}`,
      headers: { ...headers, 'x-amz-content-sha256': body?.sha256 ?? nothing },
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: 's3',
      region,
      datetime: new Date(this.#ports.clock()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    });
    return await signer.sign();
  }
}

type Tried =
  | { readonly answer: ObjectAnswer }
  | { readonly passes: boolean; readonly why: string; readonly after?: number; readonly cause?: unknown };

/** Statuses of what may be well a moment later. */
const passing: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** What to do about the codes that people meet. */
const hints: Readonly<Record<string, string>> = {
  NoSuchBucket: ': make it, or name another in [blobs]',
  AccessDenied: ': the key may not read, write and delete there',
  InvalidAccessKeyId: ': AWS_ACCESS_KEY_ID names no key that it knows',
  SignatureDoesNotMatch: ': is AWS_SECRET_ACCESS_KEY right, and the region?',
  RequestTimeTooSkewed: ': is the clock of this machine right?',
  AuthorizationHeaderMalformed: ': the region is another',
};

/** An object's name as a path: every byte but the unreserved ones and `/` by its number (RFC 3986), `+` and `%` so as well. */
function encoded(name: string): string {
  return encodeURIComponent(name)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}
