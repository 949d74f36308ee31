import type { Dispatcher } from 'undici';
import { AttestError } from '../../attest/error.ts';
import type { AskService } from '../../attest/sigstore/service.ts';

/** Bytes of an answer that are read: an honest one has some thousands, and an entry of a log what was put into it. */
const largest = 4 * 1024 * 1024;

/**
 * Asks services of Sigstore and of timestamps, by one connection each. Redirects are not followed: a service is where
 * it was said to be. Throws `AttestError('attest/service')` where there is no answer.
 */
export function serviceAsker(
  signal: AbortSignal,
  connect: (url: string) => Dispatcher | undefined = () => undefined,
): AskService {
  return async ({ url, sent, accept }) => {
    // Read where something is asked: it is a large part of a start.
    const { request } = await import('undici');
    const dispatcher = connect(url.href);
    try {
      const answer = await request(url, {
        ...(dispatcher === undefined ? {} : { dispatcher }),
        method: sent === undefined ? 'GET' : 'POST',
        headers: {
          accept,
          'user-agent': 'safeguard',
          ...(sent === undefined ? {} : { 'content-type': sent.type }),
        },
        body: sent === undefined ? null : Buffer.from(sent.body),
        signal,
        reset: true,
      });
      const { location } = answer.headers;
      return {
        status: answer.statusCode,
        location: typeof location === 'string' ? location : undefined,
        body: await bodyOf(answer.body),
      };
    } catch (cause) {
      if (cause instanceof AttestError) throw cause;
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new AttestError('attest/service', `${url.host} gives no answer: ${message || code}`, cause);
    } finally {
      await dispatcher?.destroy();
    }
  };
}

async function bodyOf(body: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > largest) throw new AttestError('attest/service', 'an answer is larger than any honest one');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
