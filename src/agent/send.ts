import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { HostMessage } from './report.ts';
import type { Answer } from './watch.ts';

/** Milliseconds that the server may be silent. */
const patience = 30_000;
/** Bytes of an answer that are read. */
const maxAnswer = 64 * 1024;

/** Where to tell, and with what token. */
export interface Target {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string;
  /** Whether that is this very machine, which no proxy leads to. */
  readonly isNear: boolean;
}

/** A sender over one connection that is kept. Node's own client: the agent stays small. */
export function sender({ url, token, isNear }: Target): (message: HostMessage) => Promise<Answer> {
  const isSecure = url.startsWith('https:');
  const shared = { keepAlive: true, maxSockets: 1, ...(isNear ? {} : { proxyEnv: process.env }) };
  const agent = isSecure
    ? new HttpsAgent({
        ...shared,
        // An organisation's own authority is in the system's store.
        ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])],
      })
    : new HttpAgent(shared);
  const request = isSecure ? httpsRequest : httpRequest;
  return async (message) => {
    const body = Buffer.from(JSON.stringify(message));
    try {
      const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
        const asked = request(
          `${url}/api/v1/sightings`,
          {
            method: 'POST',
            agent,
            timeout: patience,
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/json',
              'content-length': body.length,
            },
          },
          (response) => {
            let read = '';
            response.setEncoding('utf8');
            response.on('data', (piece: string) => {
              if (read.length < maxAnswer) read += piece;
            });
            response.on('end', () => resolve({ status: response.statusCode ?? 0, text: read }));
            response.on('error', reject);
          },
        );
        asked.on('timeout', () => asked.destroy(new Error('it took too long')));
        asked.on('error', reject);
        asked.end(body);
      });
      return answerOf(status, text);
    } catch (error) {
      const { code, message: said } = error as NodeJS.ErrnoException;
      return { kind: 'away', reason: said || code || 'no answer' };
    }
  };
}

/** What a status means for what waits. A token that is refused is renewed by somebody: later. */
export function answerOf(status: number, text: string): Answer {
  if (status === 200) return { kind: 'taken' };
  const reason = detailIn(text) ?? `status ${status}`;
  if (status === 409) return { kind: 'tell-all' };
  if (status === 400 || status === 413) return { kind: 'refused', reason };
  return { kind: 'away', reason };
}

function detailIn(text: string): string | undefined {
  try {
    const said = JSON.parse(text) as { errors?: readonly { detail?: unknown }[] } | null;
    const detail = said?.errors?.[0]?.detail;
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}
