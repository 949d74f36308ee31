import type { Envelope } from './dsse.ts';
import { AttestError } from './error.ts';

/** Bundles that are written (sigstore/protobuf-specs, sigstore_bundle.proto). */
export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/**
 * An envelope that a key signed, as a Sigstore bundle. The hint stays empty: cosign holds a signature of a key that is given to it against
 * the hint as well (3.1), and takes only those without.
 */
export function bundleText({ payloadType, payload, signatures }: Envelope): string {
  return `${JSON.stringify({
    mediaType: bundleMediaType,
    verificationMaterial: { publicKey: { hint: '' }, tlogEntries: [] },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType,
      signatures: signatures.map((signature) => ({ sig: base64(signature), keyid: '' })),
    },
  })}\n`;
}

/** Reads the envelope of a bundle, of 0.1 to 0.3. Throws `AttestError('attest/bundle')`. */
export function readBundle(text: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AttestError('attest/bundle', 'it is no JSON', cause);
  }
  const { mediaType, dsseEnvelope } = (value ?? {}) as Record<string, unknown>;
  if (typeof mediaType !== 'string' || !/^application\/vnd\.dev\.sigstore\.bundle[.+;]/.test(mediaType))
    throw new AttestError('attest/bundle', 'it is no Sigstore bundle');
  const { payload, payloadType, signatures } = (dsseEnvelope ?? {}) as Record<string, unknown>;
  if (typeof payload !== 'string' || typeof payloadType !== 'string' || !Array.isArray(signatures))
    throw new AttestError('attest/bundle', 'the bundle holds no signed statement');
  return {
    payloadType,
    payload: Buffer.from(payload, 'base64'),
    signatures: signatures.flatMap((one: unknown) => {
      const { sig } = (one ?? {}) as Record<string, unknown>;
      return typeof sig === 'string' ? [Buffer.from(sig, 'base64')] : [];
    }),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
