import { OutgoingError } from '../outgoing/error.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { Transfer, transferLimits } from '../transfer.ts';
import type { Fetch } from './api.ts';

/** Bytes of one answer; a crate with a thousand releases has some MB. */
const maxBytes = 32 * 1024 * 1024;

/** Asks over HTTP. Redirections are not followed: the API makes none. `stopwatch`: absent, the machine's. */
export function httpFetch(stopwatch?: Stopwatch): Fetch {
  return async (url, headers) => {
    const { request } = await import('undici');
    const transfer = new Transfer(transferLimits, stopwatch);
    try {
      const answer = await transfer.during(request(url, { headers, signal: transfer.signal }));
      const retryAfter = answer.headers['retry-after'];
      const tooLong = () =>
        new OutgoingError('outgoing/too-large', `its answer has more than ${maxBytes} bytes`);
      return {
        status: answer.statusCode,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
        body: await transfer.whole(answer.body, maxBytes, tooLong),
      };
    } finally {
      transfer.end();
    }
  };
}
