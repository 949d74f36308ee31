import { readBundle } from './bundle.ts';
import type { Envelope } from './dsse.ts';
import { AttestError } from './error.ts';
import { payloadType, readStatement, type Statement } from './statement.ts';

/**
 * What a Sigstore bundle (as JSON) says. Nothing of it is read before `verify` has taken its envelope, which throws
 * where the signature is nobody's that counts. Throws `AttestError`.
 */
export function signedStatement(bundle: string, verify: (envelope: Envelope) => void): Statement {
  const envelope = readBundle(bundle);
  verify(envelope);
  if (envelope.payloadType !== payloadType)
    throw new AttestError('attest/statement', 'what is signed is no in-toto statement');
  return readStatement(envelope.payload);
}
