/** Clients that show what a server really sent: nothing is decompressed, followed or retried. */
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export type HttpResponse = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
  json<T = unknown>(): T;
};

export type HttpOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** To leave before the answer. */
  readonly signal?: AbortSignal;
};

/** One request on a connection of its own. Rejects when the body is cut short. */
export function get(url: string | URL, options: HttpOptions = {}): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const sent = open(url, options);
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(whole(response, Buffer.concat(chunks))));
    });
  });
}

/** `count` identical requests under way at once, each on its own connection. */
export function herd(url: string | URL, count: number, options: HttpOptions = {}): Promise<HttpResponse[]> {
  return Promise.all(Array.from({ length: count }, () => get(url, options)));
}

/** Reads at least `afterBytes` of the body, then hangs up. Rejects if the whole body arrived before that. */
export function startThenAbort(
  url: string | URL,
  afterBytes: number,
  options: HttpOptions = {},
): Promise<{ status: number; received: number }> {
  return new Promise((resolve, reject) => {
    const sent = open(url, options);
    let left = false;
    sent.on('error', (error) => left || reject(error));
    sent.on('response', (response) => {
      let received = 0;
      const leaveWhenDue = () => {
        if (left || received < afterBytes) return;
        left = true;
        sent.once('close', () => resolve({ status: response.statusCode ?? 0, received }));
        sent.destroy();
      };
      response.on('error', (error) => left || reject(error));
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        leaveWhenDue();
      });
      response.on('end', () => reject(new Error(`the body ended after ${received} bytes`)));
      leaveWhenDue();
    });
  });
}

function open(url: string | URL, options: HttpOptions): ClientRequest {
  const sent = request(url, {
    method: options.method ?? 'GET',
    headers: options.headers,
    agent: false,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  sent.end(options.body);
  return sent;
}

function whole(response: IncomingMessage, body: Buffer): HttpResponse {
  const text = body.toString('utf8');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    text,
    json: <T>() => JSON.parse(text) as T,
  };
}
