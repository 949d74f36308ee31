import { AttestError } from './error.ts';
import type { Signer, Verifier } from './keys.ts';

/** Signed bytes with what they are (DSSE 1.0, secure-systems-lab/dsse, protocol.md). */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

export function signEnvelope(payloadType: string, payload: Uint8Array, signer: Signer): Envelope {
  return { payloadType, payload, signatures: [signer.sign(preAuthentication(payloadType, payload))] };
}

/** Throws `AttestError('attest/signature')` where none of its signatures is the key's. */
export function verifyEnvelope({ payloadType, payload, signatures }: Envelope, verifier: Verifier): void {
  const bytes = preAuthentication(payloadType, payload);
  if (signatures.some((signature) => verifier.verify(bytes, signature))) return;
  throw new AttestError('attest/signature', 'the signature is not that of this key over these bytes');
}

/** `PAE(type, body)`: what is signed. Lengths are in bytes. */
export function preAuthentication(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}
