import { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import type { Envelope } from './dsse.ts';
import { AttestError } from './error.ts';
import { jsonIn } from './json.ts';

/** Bundles that are written (sigstore/protobuf-specs, sigstore_bundle.proto). */
export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/**
 * An envelope that a key signed, as a Sigstore bundle. The hint stays empty: cosign holds a signature of a key that is
 * given to it against the hint as well (3.1), and takes only those without.
 */
export function bundleText(envelope: Envelope): string {
  return textOf({ publicKey: { hint: '' }, tlogEntries: [] }, envelope);
}

/**
 * An envelope with who signed it (by a certificate, DER, or by a key that a verifier has), where it is logged, and
 * answers of services of timestamps.
 */
export function loggedBundle(
  envelope: Envelope,
  signer: { readonly certificate: Uint8Array } | { readonly hint: string },
  entries: readonly TransparencyLogEntry[],
  timestamps: readonly Uint8Array[],
): string {
  const material = {
    ...('hint' in signer ? { publicKey: signer } : { certificate: { rawBytes: base64(signer.certificate) } }),
    tlogEntries: entries.map((entry) => TransparencyLogEntry.toJSON(entry)),
    timestampVerificationData: {
      rfc3161Timestamps: timestamps.map((one) => ({ signedTimestamp: base64(one) })),
    },
  };
  return textOf(material, envelope);
}

function textOf(verificationMaterial: object, envelope: Envelope): string {
  const bundle = { mediaType: bundleMediaType, verificationMaterial, dsseEnvelope: envelopeJson(envelope) };
  return `${JSON.stringify(bundle)}\n`;
}

/** An envelope in the JSON of its specification. */
export function envelopeJson({ payloadType, payload, signatures }: Envelope): object {
  return {
    payload: base64(payload),
    payloadType,
    signatures: signatures.map((signature) => ({ sig: base64(signature), keyid: '' })),
  };
}

/** Reads the envelope of a bundle, of 0.1 to 0.3. Throws `AttestError('attest/bundle')`. */
export function readBundle(text: string): Envelope {
  const { mediaType, dsseEnvelope, messageSignature } = (jsonIn(text, 'attest/bundle', 'it') ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof mediaType !== 'string' || !/^application\/vnd\.dev\.sigstore\.bundle[.+;]/.test(mediaType))
    throw new AttestError('attest/bundle', 'it is no Sigstore bundle');
  // Of the two a reader looks at one (`oneof content` of the specification), and not each at the same.
  if (messageSignature !== undefined)
    throw new AttestError(
      'attest/bundle',
      'the bundle holds the signature of a file, beside a statement or alone',
    );
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
