import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Agent, type Dispatcher, EnvHttpProxyAgent, errors, request } from 'undici';
import type { z } from 'zod';
import { errorsSchema } from '../../server/contract.ts';
import { findToken, isLoopback, type ServerAddress, tokenAtHand } from './address.ts';
import { CliError } from './error.ts';
import { printable } from './terminal.ts';

/** What the server answered: as the contract reads it, and as it stands for `--format json`. */
export interface Answer<T> {
  readonly value: T;
  readonly json: unknown;
}

/** A request to the HTTP API. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** From the server's root, e.g. `/api/v1/status`. */
  readonly path: string;
  readonly body?: unknown;
  /** The body as JSON that was written already. */
  readonly text?: string;
  /** Whether it needs a token. One that is at hand goes with every question: a server may want one for each. */
  readonly acts?: boolean;
  /** In the place of the token that is at hand; `undefined`: none goes with it. */
  readonly token?: string | undefined;
  /** Milliseconds until it has to answer, where that may take longer than usual. */
  readonly patience?: number;
}

/** Asks the server once and checks its answer against the contract. Throws `CliError` for everything else. */
export async function ask<Schema extends z.ZodType>(
  server: ServerAddress,
  { method = 'GET', path, body, acts = false, patience, ...given }: Ask,
  schema: Schema,
): Promise<Answer<z.output<Schema>>> {
  const token = 'token' in given ? given.token : acts ? await findToken(server) : await tokenAtHand(server);
  const dispatcher = dispatcherFor(server.url, patience === undefined ? {} : { headersTimeout: patience });
  const text = given.text ?? (body === undefined ? undefined : JSON.stringify(body));
  try {
    const response = await request(server.url + path, {
      method,
      dispatcher,
      headers: {
        accept: 'application/json',
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(text === undefined ? {} : { body: text }),
    });
    return readAnswer(server, response.statusCode, response.headers, await response.body.text(), schema);
  } catch (error) {
    throw error instanceof CliError ? error : unreachable(server, error);
  } finally {
    await dispatcher.destroy();
  }
}

/** `?key=value&…` of what is given; empty where nothing is. */
export function queryText(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).flatMap(([key, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** Connections to a server. As cargo does, it goes through the environment's proxy, but never to this machine itself. */
export function dispatcherFor(url: string, options: Agent.Options = {}): Dispatcher {
  if (url.startsWith('https:')) trustWhatTheSystemTrusts();
  const settings = { connectTimeout: 10_000, headersTimeout: 60_000, bodyTimeout: 60_000, ...options };
  return isLoopback(url) ? new Agent(settings) : new EnvHttpProxyAgent(settings);
}

/** The sentence for a server that cannot be reached, with the cause that a person can act on. */
export function unreachable(server: ServerAddress, cause: unknown): CliError {
  const why = sayNetworkError(cause);
  const next = /certificate|self.signed/i.test(why)
    ? "Add the organisation's certificate authority to the system's, or name its file in NODE_EXTRA_CA_CERTS."
    : server.from === '--server' || server.from === 'SAFEGUARD_SERVER'
      ? `Is the address right? It came from ${server.from}.`
      : `Is \`safeguard serve\` running? The address came from ${server.from}; --server names another.`;
  return new CliError('cli/unreachable', `no answer from ${server.url}: ${why}`, { next, cause });
}

/** A network failure in words, without its stack. */
export function sayNetworkError(error: unknown): string {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return 'it took too long';
  if (error instanceof AggregateError) return sayNetworkError(error.errors[0]);
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'no such host',
    EAI_AGAIN: 'its name could not be looked up',
    ECONNRESET: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut',
    UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  };
  return words[code ?? ''] ?? printable(message || code || String(error));
}

/** The server's own sentences for a refusal, if the body holds any. */
export function readErrors(text: string): z.output<typeof errorsSchema>['errors'] {
  const parsed = errorsSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data.errors : [];
}

function readAnswer<Schema extends z.ZodType>(
  server: ServerAddress,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
  schema: Schema,
): Answer<z.output<Schema>> {
  if (status >= 300 && status < 400)
    throw new CliError('cli/answer', `${server.url} answers that it is elsewhere`, {
      next: `Name it with --server: ${printable(String(headers.location ?? 'it does not say where'))}`,
    });
  if (status >= 400) throw refusal(server, status, text);
  const json = parseJson(text);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { value: parsed.data, json };
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (at \`${issue.path.join('.')}\`)`;
  throw new CliError(
    'cli/answer',
    `${server.url} answered something that this version does not understand${where}`,
    {
      next: 'Is a Safeguard server of the same version there?',
      cause: parsed.error,
    },
  );
}

function refusal(server: ServerAddress, status: number, text: string): CliError {
  const said = readErrors(text).map(({ detail }) => printable(detail));
  const message = said.length > 0 ? said.join(' ') : `${server.url} answered with status ${status}`;
  if (status >= 500) return new CliError('cli/answer', message);
  if (said.length > 0) return new CliError('cli/refused', message);
  return new CliError('cli/answer', message, { next: 'Is a Safeguard server there?' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An organisation's own certificate authority is usually in the system's store, where cargo finds it too. */
function trustWhatTheSystemTrusts(): void {
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system')])]);
}
