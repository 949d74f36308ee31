import { AttestError } from '../error.ts';

/** How services of Sigstore are asked: by whoever has a network. */
export type AskService = (asked: ServiceRequest) => Promise<ServiceAnswer>;

export interface ServiceRequest {
  readonly url: URL;
  /** Absent: it is only asked, with nothing sent. */
  readonly sent?: { readonly type: string; readonly body: Uint8Array };
  /** The kind of answer that is wanted. */
  readonly accept: string;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Buffer;
}

/** A place below the address of a service, which may have a path of its own. */
export function below(service: URL, path: string): URL {
  return new URL(`${service.pathname.replace(/\/+$/, '')}/${path}`, service);
}

/** Posts JSON. Throws `AttestError('attest/service')` where the answer is none of `statuses`. */
export async function postForJson(
  ask: AskService,
  url: URL,
  body: unknown,
  statuses: readonly number[],
): Promise<ServiceAnswer> {
  const sent = { type: 'application/json', body: Buffer.from(JSON.stringify(body)) };
  const answer = await ask({ url, sent, accept: 'application/json' });
  if (!statuses.includes(answer.status)) throw refusedBy(url, answer);
  return answer;
}

/** What a service said, as JSON. Throws `AttestError('attest/service')`. */
export function jsonOf(url: URL, { body }: ServiceAnswer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AttestError('attest/service', `${url.host} answers with something that is no JSON`, cause);
  }
}

/** A refusal, with what the service says of it: both of its kinds say so in `message`. */
export function refusedBy(url: URL, { status, body }: ServiceAnswer): AttestError {
  let reason = '';
  try {
    const { message } = JSON.parse(body.toString('utf8')) as { readonly message?: unknown };
    if (typeof message === 'string') reason = `: ${message.slice(0, 300)}`;
  } catch {
    // It says nothing that is understood.
  }
  return new AttestError('attest/service', `${url.host} answers with status ${status}${reason}`);
}

/** An answer that is not what its API says. */
export function unread(url: URL, what: string, cause?: unknown): AttestError {
  return new AttestError('attest/service', `${url.host} answers with something else than ${what}`, cause);
}
