import { type Dispatcher, request } from 'undici';
import type { Fetch } from './api.ts';

/** Bytes of one answer; a crate with a thousand releases has some MB. */
const maxBytes = 32 * 1024 * 1024;
/** Milliseconds until an answer begins, and between two pieces of it. */
const timeout = 30_000;

/** Asks over HTTP. Redirections are not followed: the API makes none. */
export const httpFetch: Fetch = async (url, headers) => {
  const {
    statusCode,
    headers: told,
    body,
  } = await request(url, {
    headers,
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  const retryAfter = told['retry-after'];
  return {
    status: statusCode,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
    body: await readBody(body),
  };
};

async function readBody(body: Dispatcher.ResponseData['body']): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}
