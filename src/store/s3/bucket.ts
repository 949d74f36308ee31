import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { Agent, Dispatcher } from 'undici';
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
  /** Milliseconds that one try may take, with all that is sent and answered. */
  readonly deadline?: number;
}

/** The bytes of an object, anew for each try, with their SHA-256 (hex) and their number. */
export interface ObjectBytes {
  readonly open: () => Dispatcher.DispatchOptions['body'];
  readonly sha256: string;
  readonly size: number;
}

interface ObjectRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly name: string;
  readonly body?: ObjectBytes;
  /** Whether an object that is there stays as it is. */
  readonly once?: boolean;
}

/** What came of a request; the body of an object is still to be read. */
type Outcome =
  | { readonly kind: 'done' | 'absent' | 'there' }
  | { readonly kind: 'object'; readonly body: AsyncIterable<Uint8Array> };

/** Tries of one request, and the longest pause between two: milliseconds. */
const tries = 8;
const longest = 20_000;
/** Milliseconds of one try: a store that sends a byte now and then holds nobody up for longer. */
const deadline = 10 * 60_000;
/** Bytes that are read of an answer which is no object. */
const mostSaid = 64 * 1024;

const nothing = createHash('sha256').digest('hex');

/**
 * Asks for objects of one bucket, each request signed (AWS Signature Version 4) with the SHA-256 of its bytes in
 * `x-amz-content-sha256`, which the store checks: no trailers, no checksum headers of its own kind, which not every
 * store knows.
 */
export class Bucket {
  readonly #address: BucketAddress;
  /** Made, and its library read, when something is asked: it is a large part of a start, and most servers have no bucket. */
  #agent: Promise<Agent> | undefined;
  readonly #ports: Required<BucketPorts>;

  constructor(address: BucketAddress, ports: BucketPorts = {}) {
    this.#address = address;
    this.#ports = {
      clock: ports.clock ?? Date.now,
      wait: ports.wait ?? ((time) => new Promise((resolve) => setTimeout(resolve, time))),
      random: ports.random ?? Math.random,
      deadline: ports.deadline ?? deadline,
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
   * The bytes of an object, whatever they are; `undefined`: there is none. Reading them throws where they break off.
   * Throws as `put` does.
   */
  async get(name: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const outcome = await this.#ask({ method: 'GET', name });
    return outcome.kind === 'object' ? outcome.body : undefined;
  }

  /**
   * Writes an object; `once`: unless there is one, which then stays (`there`). What passes (`SlowDown`, other 5xx, a
   * cut connection) is tried again after pauses that grow and are not the same for all. Throws `StoreError`
   * `store/unreachable`.
   */
  async put(name: string, body: ObjectBytes, { once = false } = {}): Promise<'written' | 'there'> {
    const { kind } = await this.#ask({ method: 'PUT', name, body, once });
    return kind === 'there' ? 'there' : 'written';
  }

  /** Deletes an object, if there is one. Throws as `put` does. */
  async delete(name: string): Promise<void> {
    await this.#ask({ method: 'DELETE', name });
  }

  async close(): Promise<void> {
    await (await this.#agent)?.destroy();
  }

  #ask(request: ObjectRequest): Promise<Outcome> {
    const { method, name } = request;
    return traced(
      `bucket ${method}`,
      () => ({ object: name }),
      () => this.#askAgain(request),
      'client',
    );
  }

  async #askAgain(request: ObjectRequest): Promise<Outcome> {
    for (let tried = 1; ; tried++) {
      const said = await this.#try(request);
      if ('kind' in said) {
        this.#lastError = null;
        return said;
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

  async #try(request: ObjectRequest): Promise<Outcome | Failure> {
    const { method, body } = request;
    const { url, headers } = await this.#signed(request);
    try {
      // Redirects are answers like others: nobody is sent elsewhere with what is signed for this store.
      this.#agent ??= open();
      const answer = await (await this.#agent).request({
        origin: url.origin,
        path: url.pathname,
        method,
        headers: {
          ...Object.fromEntries(headers),
          ...(body === undefined ? {} : { 'content-length': String(body.size) }),
        },
        body: body?.open() ?? null,
        signal: AbortSignal.timeout(this.#ports.deadline),
      });
      if (method === 'GET' && answer.statusCode === 200) return { kind: 'object', body: answer.body };
      return outcomeOf(request, answer, await beginningOf(answer.body));
    } catch (cause) {
      const { code, message } = cause as { readonly code?: unknown; readonly message: string };
      return {
        passes: true,
        why: `it does not answer (${typeof code === 'string' ? code : message})`,
        cause,
      };
    }
  }

  async #signed({ method, name, body, once }: ObjectRequest): Promise<{ url: URL; headers: Headers }> {
    const { url, prefix, region, accessKey, secretKey, sessionToken } = this.#address;
    const signer = new AwsV4Signer({
      method,
      url: `${url.replace(/\/$/, '')}/${encoded(prefix + name)}`,
      headers: {
        ...(once === true ? { 'if-none-match': '*' } : {}),
        'x-amz-content-sha256': body?.sha256 ?? nothing,
      },
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

async function open(): Promise<Agent> {
  const { Agent } = await import('undici');
  return new Agent({ connect: { timeout: 10_000 }, headersTimeout: 30_000, bodyTimeout: 60_000 });
}

/** Why a try came to nothing, and whether another one may do. */
interface Failure {
  readonly passes: boolean;
  readonly why: string;
  /** Milliseconds that the store wants to be left alone. */
  readonly after?: number;
  readonly cause?: unknown;
}

/** What an answer that brings no object comes to; `text` is how its body begins. */
function outcomeOf(
  { method, once }: ObjectRequest,
  { statusCode: status, headers }: Dispatcher.ResponseData,
  text: string,
): Outcome | Failure {
  const said = /<Code>([A-Za-z0-9]{1,60})<\/Code>/.exec(text)?.[1];
  // S3 begins an answer before it knows what comes of a request, and may then say in its body that nothing did.
  const isWritten = status < 300 && method !== 'GET' && !/<Error[ >]/.test(text);
  if (isWritten) return { kind: 'done' };
  if (status === 404 && method !== 'PUT' && said !== 'NoSuchBucket') return { kind: 'absent' };
  if (status === 412 && once === true) return { kind: 'there' };
  const code = said ?? `status ${status}`;
  const after = Number(headers['retry-after']);
  return {
    passes: passing.has(status) || passingCodes.has(code) || (status < 300 && method !== 'GET'),
    why: `it answers ${code}${hints[code] ?? ''}`,
    ...(Number.isFinite(after) ? { after: Math.min(longest, after * 1000) } : {}),
  };
}

/** How an answer begins: as much as says what is wrong, however much follows. */
async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= mostSaid) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Statuses of what may be well a moment later. */
const passing: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const passingCodes: ReadonlySet<string> = new Set(['ConditionalRequestConflict', 'RequestTimeout']);

/** What to do about the codes that people meet. */
const hints: Readonly<Record<string, string>> = {
  NoSuchBucket: ': make it, or name another in [blobs]',
  AccessDenied: ': the key may not read, write and delete there',
  InvalidAccessKeyId: ': AWS_ACCESS_KEY_ID names no key that it knows',
  SignatureDoesNotMatch: ': is AWS_SECRET_ACCESS_KEY right, and the region?',
  RequestTimeTooSkewed: ': is the clock of this machine right?',
  AuthorizationHeaderMalformed: ': the region is another',
  PermanentRedirect: ': the bucket is in another region, with an address of its own',
};

/** An object's name as a path: every byte but the unreserved ones and `/` by its number (RFC 3986), `+` and `%` so as well. */
function encoded(name: string): string {
  return encodeURIComponent(name)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}
