import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import { indexPath } from '../../cargo/index-path.ts';
import type { ServerAddress } from '../shared/address.ts';
import { readErrors, sayNetworkError } from '../shared/api.ts';
import { leadingFinding } from '../shared/excepted.ts';
import { printable } from '../shared/terminal.ts';
import type { Answer, PrefetchPort } from './prefetch.ts';

/** Asks a running mirror. Bodies are hashed as they pass and kept nowhere. */
export function httpPort(server: ServerAddress, dispatcher: Dispatcher, signal: AbortSignal): PrefetchPort {
  const get = async (path: string): Promise<Answer> => {
    try {
      const { statusCode, headers, body } = await request(server.url + path, {
        dispatcher,
        signal,
        headers: { accept: 'application/json' },
      });
      if (statusCode !== 200) return notOk(statusCode, headers['retry-after'], await body.text());
      const hash = createHash('sha256');
      for await (const chunk of body) hash.update(chunk as Uint8Array);
      return { kind: 'ok', digest: hash.digest('hex') };
    } catch (error) {
      return { kind: 'failed', reason: sayNetworkError(error), again: true };
    }
  };
  return {
    index: (crate) => get(`/index/${indexPath(crate)}`),
    download: ({ crate, version }) => get(`/crates/${crate}/${version}/download`),
    // A stop is no failure: the engine sees the signal itself.
    pause: (milliseconds) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
  };
}

function notOk(status: number, retryAfter: string | string[] | undefined, body: string): Answer {
  const [error] = readErrors(body);
  if (error?.release !== undefined) {
    const { state, verdict } = error.release;
    const finding = leadingFinding(verdict);
    const until = error.until ?? error.release.until;
    const reason = [
      state,
      until === undefined ? '' : ` until ${until}`,
      finding === undefined ? '' : `: ${finding.message} (${finding.rule})`,
    ].join('');
    return { kind: 'refused', waits: state === 'held' || state === 'review', reason: printable(reason) };
  }
  const reason = printable(error?.detail ?? `status ${status}`);
  if (status === 403 || status === 451) return { kind: 'refused', waits: false, reason };
  const after = Number(retryAfter);
  return {
    kind: 'failed',
    reason: status === 404 ? `the mirror does not know it (${reason})` : reason,
    again: status === 429 || status >= 500,
    // A mirror that asks for a long rest is not waited for: a rerun goes on where this one stopped.
    ...(retryAfter !== undefined && after >= 0 ? { after: Math.min(after, 10) * 1000 } : {}),
  };
}
