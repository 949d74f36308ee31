import { randomBytes } from 'node:crypto';
import { AttestError } from '../error.ts';
import { timestampRequest, tokenInResponse } from '../timestamp/request.ts';
import { type AskService, refusedBy } from './service.ts';

/**
 * What a service of timestamps (RFC 3161) says of some bytes, and the token in it. It answers this request and is about
 * these bytes; whose signature it has is not asked here. Throws `AttestError`.
 */
export async function timestampOf(
  ask: AskService,
  url: URL,
  data: Uint8Array,
): Promise<{ readonly answer: Buffer; readonly token: Buffer }> {
  const nonce = randomBytes(16);
  const sent = { type: 'application/timestamp-query', body: timestampRequest(data, nonce) };
  const answer = await ask({ url, sent, accept: 'application/timestamp-reply' });
  if (answer.status !== 200 && answer.status !== 201) throw refusedBy(url, answer);
  try {
    return { answer: answer.body, token: tokenInResponse(answer.body, data, nonce) };
  } catch (error) {
    if (!(error instanceof AttestError)) throw error;
    throw new AttestError('attest/service', `${url.host}: ${error.message}`, error);
  }
}
