import { OutgoingClient } from '../outgoing/client.ts';
import { failureText } from '../outgoing/error.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { Transfer, type TransferLimits, transferLimits } from '../transfer.ts';
import { DumpError } from './error.ts';

/** The answer to "is there a new dump?". */
export type DumpAnswer =
  | { readonly kind: 'dump'; readonly stream: AsyncIterable<Uint8Array>; readonly etag: string | null }
  | { readonly kind: 'unchanged' };

/** A dump has hundreds of megabytes, and is taken in as it comes. */
const limits: TransferLimits = { ...transferLimits, total: 2 * 60 * 60_000 };

/** Where a registry puts its daily dump: beside its downloads, named as every registry of this kind names it. */
export function dumpAddress(registry: string): string {
  return `https://static.${registry}/db-dump.tar.gz`;
}

/**
 * Asks for a dump; with the `etag` of the last one, only if it changed. Its bytes come as they are read: an import that
 * is slow slows the download, and nothing is kept. Throws `DumpError`.
 */
export async function downloadDump(
  url: string,
  options: {
    readonly etag?: string | undefined;
    readonly contact: string;
    /** Absent: the machine's. */
    readonly stopwatch?: Stopwatch | undefined;
  },
): Promise<DumpAnswer> {
  const transfer = new Transfer(limits, options.stopwatch);
  // A pause while something is taken in is no silence of the other side: how long that may last is the transfer's to say.
  const client = new OutgoingClient({ start: url, timeout: limits.total, connections: 1 });
  const close = () => {
    transfer.end();
    void client.close().catch(() => undefined);
  };
  try {
    const headers = {
      'user-agent': `safeguard (${options.contact})`,
      ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
    };
    const request = client.get(url, { headers, signal: transfer.signal });
    const answer = await transfer.during(request);
    if (answer.statusCode === 304) {
      close();
      return { kind: 'unchanged' };
    }
    if (answer.statusCode !== 200)
      throw new DumpError('dump/unreachable', `The dump cannot be had: status ${answer.statusCode}.`);
    const { etag } = answer.headers;
    return {
      kind: 'dump',
      stream: closing(transfer.pieces(answer.body), close),
      etag: typeof etag === 'string' ? etag : null,
    };
  } catch (error) {
    close();
    throw asDumpError(error);
  }
}

async function* closing(body: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw asDumpError(error);
  } finally {
    close();
  }
}

function asDumpError(error: unknown): DumpError {
  if (error instanceof DumpError) return error;
  return new DumpError('dump/unreachable', `The dump cannot be had: ${failureText(error)}.`, error);
}
